import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { reap } from '../../functions/reap/reap';
import { hostSecretName } from '../../shared/aws/host-secret';
import { type ComparedHosts, named, openComparedHosts } from '../support/compared-hosts';
import { later } from '../support/stage';

let hosts: ComparedHosts;
beforeEach(async () => {
  hosts = await openComparedHosts();
});
afterEach(() => hosts.close());

/** Another value in the place of the secret of the second host; functions read it as soon as they have forgotten the one before. */
async function spoil(secret: unknown): Promise<void> {
  const client = new SecretsManagerClient();
  const SecretString = typeof secret === 'string' ? secret : JSON.stringify(secret);
  await client.send(new PutSecretValueCommand({ SecretId: `mongogrant/${hostSecretName(named.host)}`, SecretString }));
  client.destroy();
  later(hosts.stage, 301);
}
const good = () => ({ host: '127.0.0.1', port: hosts.mongod.port, username: 'mongogrant', password: 'hunter2' });
const wish = { host: named.host, db: 'a', role: 'readWrite' };

test.each<[string, () => unknown, RegExp]>([
  ['no JSON', () => 'hunter2 {', /mongogrant\/hosts\/named\.lab\.org can't be read: it is no JSON/],
  ['no password', () => ({ ...good(), password: null }), /of named\.lab\.org has no usable password\./],
  ['TLS that is neither', () => ({ ...good(), ssl: 'hunter2' }), /no usable ssl\./],
  ['no port', () => ({ ...good(), port: 'hunter2' }), /no usable port\./],
  ['no address', () => ({ ...good(), host: 'hunter2 h' }), /no usable host\./],
  ['no uri', () => ({ ...good(), uri: 'mongodb+srv://hunter2@h:1/' }), /no usable uri\./],
  ['an option that no driver knows', () => ({ ...good(), uri: 'mongodb://h/?hunter2=1' }), /no usable uri\./],
  ['an address for people that is none', () => ({ ...good(), publicUri: 'hunter2' }), /no usable publicUri\./],
  ['no certificate', () => ({ ...good(), ssl: true, ca: 'hunter2' }), /no usable ca\./],
])('who asks at a host whose secret is of no use hears of which field: %s', async (_, secret, detail) => {
  await hosts.grant('b', named.host);
  await spoil(secret());
  const refused = [
    await hosts.ask('POST', '/grants', wish),
    await hosts.ask('POST', '/grants/renew', { ...wish, db: 'b' }),
  ];
  for (const { status, json } of refused) {
    expect([status, json.code, json.detail]).toEqual([502, 'host_refused', expect.stringMatching(detail)]);
    expect(JSON.stringify(json)).not.toContain('hunter2');
  }
  expect((await hosts.events('grant_failed')).map(({ reason }) => reason)).toEqual(['host_refused', 'host_refused']);
  expect((await hosts.row('a'))?.state ?? 'ended').toBe('ended');
  expect(JSON.stringify(hosts.logged)).not.toContain('hunter2');
});

test('the Python route says it as its clients read it', async () => {
  await spoil({ ...good(), ssl: 'maybe' });
  const token = await hosts.tokenFor('you@example.com');
  const { status, json } = await hosts.stage.ask('POST', `/grant/${token}`, {
    form: new URLSearchParams(wish).toString(),
  });
  expect([status, json]).toEqual([
    502,
    expect.stringMatching(/^Cannot grant\. The secret of named\.lab\.org has no usable ssl/),
  ]);
});

test('one bad secret harms only its host: elsewhere logins are given, end and are compared', async () => {
  await Promise.all([hosts.grant('a', named.host), hosts.grant('b', named.host), hosts.grant('a'), hosts.grant('b')]);
  await spoil({ ...good(), port: 'none' });
  await hosts.grant('d');
  const { status, json } = await hosts.ask('DELETE', '/grants?db=a');
  expect([status, json.revoked.map(hostOf), json.pending.map(hostOf)]).toEqual([200, [hosts.host], [named.host]]);
  const { hosts: compared, faults } = await hosts.run({}, { hosts: async () => [named.host, hosts.host] });
  expect(compared).toEqual([
    { host: named.host, left: 'secret_unusable' },
    expect.objectContaining({ host: hosts.host, orphans: 0, lost: 0, faults: 0 }),
  ]);
  expect(faults).toBe(0);
  later(hosts.stage, 6 * 86_400);
  const deps = { ...hosts.stage.deps, clock: () => hosts.clock.now.getTime() };
  const ended = await reap(deps, { requestId: 'reap', ip: 'reap' }, deps.clock() + 45_000);
  expect(ended).toMatchObject({ due: 4, ended: 2, silent: [], faults: 0 });
});

test('a mended secret is used at once, and what was left ends', async () => {
  await hosts.grant('a', named.host);
  await spoil('{');
  expect((await hosts.ask('DELETE', '/grants')).json.pending).toHaveLength(1);
  await spoil({ ...good(), password: 'pw' });
  expect((await hosts.ask('DELETE', '/grants')).json.revoked).toHaveLength(1);
});

const hostOf = ({ host }: { host: string }) => host;
