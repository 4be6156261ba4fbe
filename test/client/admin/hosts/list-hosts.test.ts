import { listHosts } from '../../../../client/admin/hosts/list-hosts';
import { openRegistry, type Registry } from '../../../support/registry';
import { createSecret } from '../../../support/stage';

let registry: Registry;
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(() => registry.close());

const list = () => listHosts({ hosts: registry.hosts });

test('hosts are listed by name with their state, and nothing else under the prefix', async () => {
  await registry.add({ host: 'b.lab.org' });
  await registry.add({ host: 'a.lab.org:27020' });
  await registry.add({ host: 'gone.lab.org' });
  await registry.hosts.delete('gone.lab.org');
  await createSecret('mongogrant/hosts/broken', 'not an object');
  await createSecret('mongogrant/hosts/Never.Found', {});
  await createSecret('mongogrant2/hosts/other', {});
  await registry.remove({ host: 'b.lab.org' });
  const hosts = await list();
  expect(hosts).toEqual([
    { host: 'a.lab.org:27020', state: 'registered' },
    { host: 'b.lab.org', state: 'retiring', until: registry.clock.now.getTime() / 1000 + 360 },
    { host: 'broken', state: 'unreadable' },
    { host: registry.host, state: 'registered' },
  ]);
  expect(JSON.stringify(hosts)).not.toContain(registry.admin.password);
});

test('more hosts than a page are all listed', async () => {
  await Promise.all(Array.from({ length: 105 }, (_, n) => registry.hosts.create(`h${n}.lab.org`, {})));
  const hosts = await list();
  expect(hosts).toHaveLength(106);
  expect(hosts.map(({ host }) => host)).toEqual(hosts.map(({ host }) => host).sort());
});

test('at most eight secrets are read at the same time', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, n) => registry.hosts.create(`h${n}.lab.org`, {})));
  let [running, most] = [0, 0];
  registry.outside.before = (call) => {
    if (call === 'hosts.read') most = Math.max(most, ++running);
  };
  registry.outside.after = (call) => {
    if (call === 'hosts.read') running--;
  };
  expect(await list()).toHaveLength(31);
  expect(most).toBe(8);
});
