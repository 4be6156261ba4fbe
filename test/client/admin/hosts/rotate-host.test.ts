import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { rotateHost } from '../../../../client/admin/hosts/rotate-host';
import { openRegistry, type Registry } from '../../../support/registry';

let registry: Registry;
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(() => registry.close());

const actor = { by: 'ops@lab.org', source: { requestId: 'cli', ip: 'local' } };
const rotate = (host = registry.host) =>
  rotateHost({ ...registry.edges, hosts: registry.hosts }, { ...actor, host }, registry.clock.now);
const acts = async () => (await registry.events()).map(({ act, host, by, reason }) => [act, host, by, reason]);

/** As the command in docs/hosts.md does; it begins a first rotation, which nobody finishes here. */
async function switchOn(): Promise<void> {
  const client = new SecretsManagerClient();
  const id = `mongogrant/hosts/${registry.host.replace(':', '/')}`;
  await client.send(
    new RotateSecretCommand({ SecretId: id, RotationLambdaARN: 'arn:lambda', RotateImmediately: false }),
  );
  client.destroy();
}

test('a host that is not set up for it is told how, and nothing is changed', async () => {
  const before = await registry.hosts.read(registry.host);
  expect(await rotate()).toMatchObject({
    state: 'refused',
    reason: 'rotation_off',
    detail: expect.stringMatching(/npm start/),
  });
  expect(await registry.hosts.read(registry.host)).toEqual(before);
  expect(await acts()).toEqual([
    ['host_rotating', registry.host, 'ops@lab.org', undefined],
    ['host_refused', registry.host, 'ops@lab.org', 'rotation_off'],
  ]);
});

test('who is not registered, and what is no host, is refused', async () => {
  expect(await rotate('h.lab.org')).toMatchObject({ state: 'refused', reason: 'host_unknown' });
  expect(await rotate('mongodb://a:b@c')).toMatchObject({ state: 'refused', reason: 'host_invalid' });
  await registry.hosts.delete(registry.host);
  expect(await rotate()).toMatchObject({ state: 'refused', reason: 'host_unknown' });
});

test('a rotation is begun, is on record, and a second one beside it is refused', async () => {
  await switchOn();
  expect(await rotate()).toMatchObject({ state: 'refused', reason: 'rotation_under_way' });
  const { secretVersions } = await import('../../../../shared/aws/secrets-manager');
  const versions = secretVersions();
  const id = `mongogrant/hosts/${registry.host.replace(':', '/')}`;
  const { stages } = await versions.describe(id);
  const pending = Object.entries(stages).find(([, labels]) => labels.includes('AWSPENDING'))?.[0];
  await versions.moveStage(id, 'AWSPENDING', { from: pending, to: undefined });
  expect(await rotate()).toEqual({ state: 'rotating', host: registry.host });
  expect((await acts()).at(-1)).toEqual(['host_rotating', registry.host, 'ops@lab.org', undefined]);
});
