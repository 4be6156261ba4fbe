import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../../local/loopback';
import { type SecretVersions, secretVersions, secretWriter } from '../../../shared/aws/secrets-manager';
import { openSecretsManager } from '../../support/local-secrets';
import { memorySecretVersions } from '../../support/memory-secret-versions';

const id = 'lab/hosts/h';
const next = 'the-next-version'.padEnd(32, '-');
let service: Listening;
let client: SecretsManagerClient;

beforeAll(async () => {
  service = await openSecretsManager({ rotate: () => {} });
  client = new SecretsManagerClient();
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

/** A secret whose rotation has begun: its next version is there, without a value. */
async function real(): Promise<SecretVersions> {
  await secretWriter().create(id, 'first');
  const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:rotate';
  await client.send(new RotateSecretCommand({ SecretId: id, ClientRequestToken: next, RotationLambdaARN: arn }));
  return secretVersions();
}
const twin = async (): Promise<SecretVersions> =>
  memorySecretVersions({
    id,
    values: new Map([['v1', 'first']]),
    labels: new Map([
      ['AWSCURRENT', 'v1'],
      ['AWSPENDING', next],
    ]),
  });

test.each([
  ['Secrets Manager', real],
  ['its twin in memory', twin],
])('%s keeps the versions of a secret under their labels', async (_, open) => {
  const versions = await open();
  const textOf = async (stage?: string) => {
    const value = await versions.get(id, stage);
    return typeof value === 'object' ? value.text : value;
  };
  const stages = async () => {
    const { rotates, stages } = await versions.describe(id);
    return { rotates, labels: stages[next]?.sort() };
  };
  expect([await textOf(), await textOf('AWSPENDING'), await textOf('set')]).toEqual(['first', 'missing', 'missing']);
  expect(await versions.get('lab/hosts/other')).toBe('missing');
  expect(await stages()).toEqual({ rotates: true, labels: ['AWSPENDING'] });

  expect(await versions.fill(id, next, 'second')).toBe('filled');
  expect(await versions.fill(id, next, 'third')).toBe('has a value');
  expect([await textOf(), await textOf('AWSPENDING')]).toEqual(['first', 'second']);

  await versions.moveStage(id, 'set', { from: undefined, to: next });
  expect([await textOf('set'), await stages()]).toEqual(['second', { rotates: true, labels: ['AWSPENDING', 'set'] }]);
  await expect(versions.moveStage(id, 'AWSCURRENT', { from: next, to: next })).rejects.toThrow();

  const current = await versions.get(id);
  const version = typeof current === 'object' ? String(current.version) : '';
  expect(await versions.change(id, 'mended', next)).toBe('changed meanwhile');
  expect(await textOf()).toBe('first');
  await versions.moveStage(id, 'AWSCURRENT', { from: version, to: next });
  expect([await textOf(), await textOf('AWSPREVIOUS'), await textOf('AWSPENDING')]).toEqual([
    'second',
    'first',
    'second',
  ]);
  await versions.moveStage(id, 'set', { from: next, to: undefined });
  expect([await textOf('set'), (await stages()).labels]).toEqual(['missing', ['AWSCURRENT', 'AWSPENDING']]);
  expect(await versions.change(id, 'mended', next)).toBe('changed');
  expect([await textOf(), await textOf('AWSPREVIOUS')]).toEqual(['mended', 'second']);
});
