import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../../local/loopback';
import { startSecretsManager } from '../../../local/secrets-manager';
import { secretReader, secretVersions, secretWriter } from '../../../shared/aws/secrets-manager';
import { openSecretsManager } from '../../support/local-secrets';

let service: Listening;
let client: SecretsManagerClient;
let clock = 1_000_000_000_000;
beforeAll(async () => {
  service = await openSecretsManager({ clock: () => clock });
  client = new SecretsManagerClient();
});
afterAll(async () => {
  client.destroy();
  await service.close();
});

const read = async (id: string) => {
  const value = await secretReader().get(id);
  return typeof value === 'object' ? value.text : value;
};
const version = async (id: string) => {
  const value = await secretReader().get(id);
  return (typeof value === 'object' && value.version) || 'none';
};

test('a secret is made once, replaced and read', async () => {
  const writer = secretWriter();
  expect(await read('a/one')).toBe('missing');
  expect(await writer.put('a/one', '0')).toBe('missing');
  expect(await writer.create('a/one', '1')).toBe('created');
  expect(await writer.create('a/one', '2')).toBe('exists');
  expect(await read('a/one')).toBe('1');
  expect(await writer.put('a/one', '3')).toBe('put');
  expect(await read('a/one')).toBe('3');
});

test('a secret is made under the key that is named, and keeps it whatever its value', async () => {
  const writer = secretWriter();
  const keyOf = async (SecretId: string) => (await client.send(new DescribeSecretCommand({ SecretId }))).KmsKeyId;
  await writer.create('a/keyed', '1', 'arn:aws:kms:eu-central-1:123456789012:key/one');
  await writer.put('a/keyed', '2');
  await writer.create('a/plain', '1');
  expect([await keyOf('a/keyed'), await keyOf('a/plain')]).toEqual([
    'arn:aws:kms:eu-central-1:123456789012:key/one',
    undefined,
  ]);
});

test('a change holds only if nobody changed the secret since it was read', async () => {
  const writer = secretWriter();
  await writer.create('a/two', 'old');
  const before = await version('a/two');
  expect(await writer.change('a/two', 'mine', before)).toBe('changed');
  expect(await read('a/two')).toBe('mine');
  await writer.put('a/two', 'theirs');
  expect(await writer.change('a/two', 'mine too', before)).toBe('changed meanwhile');
  expect(await read('a/two')).toBe('theirs');
  expect(await writer.change('a/two', 'after all', await version('a/two'))).toBe('changed');
  expect(await read('a/two')).toBe('after all');
  expect(await writer.change('a/none', 'x', before)).toBe('missing');
});

test('of ten changes at once from the same version one holds', async () => {
  const writer = secretWriter();
  await writer.create('a/ten', 'old');
  const before = await version('a/ten');
  const changes = await Promise.all(Array.from({ length: 10 }, (_, n) => writer.change('a/ten', String(n), before)));
  expect(changes.filter((change) => change === 'changed')).toHaveLength(1);
  expect(await read('a/ten')).toBe(String(changes.indexOf('changed')));
});

test('a deleted secret is gone for all, can be restored for the days that it was given, and not longer', async () => {
  const writer = secretWriter();
  await writer.create('a/gone', 'old');
  await writer.delete('a/gone', 7);
  await writer.delete('a/gone', 7);
  await writer.delete('a/never', 7);
  expect([await read('a/gone'), await writer.create('a/gone', 'x'), await writer.put('a/gone', 'x')]).toEqual([
    'deleted',
    'deleted',
    'deleted',
  ]);
  await writer.restore('a/gone');
  expect(await read('a/gone')).toBe('old');
  await writer.delete('a/gone', 7);
  const { DeletedDate: until } = await client.send(new DescribeSecretCommand({ SecretId: 'a/gone' }));
  expect(until?.getTime()).toBe(clock + 7 * 86_400_000);
  clock += 7 * 86_400_000;
  expect(await read('a/gone')).toBe('missing');
});

test('all names with a beginning are listed, over several pages, and no others', async () => {
  const writer = secretWriter();
  const names = Array.from({ length: 105 }, (_, n) => `list/hosts/h${n}`);
  await Promise.all([...names, 'list/hostsx', 'other/list/hosts/h'].map((name) => writer.create(name, 'x')));
  await writer.delete('list/hosts/h7', 7);
  expect((await writer.list('list/hosts/')).sort()).toEqual(names.filter((name) => name !== 'list/hosts/h7').sort());
  expect(await writer.list('nothing/')).toEqual([]);
});

test('a label moves only from where it is said to be, and a version under it is read', async () => {
  const versions = secretVersions();
  await secretWriter().create('a/label', 'old');
  const old = await version('a/label');
  await secretWriter().put('a/label', 'new');
  await versions.moveStage('a/label', 'mine', { from: undefined, to: old });
  expect(await versions.get('a/label', 'mine')).toEqual({ text: 'old', version: old });
  expect(await versions.get('a/label', 'other')).toBe('missing');
  const next = await version('a/label');
  await expect(versions.moveStage('a/label', 'AWSCURRENT', { from: old, to: old })).rejects.toThrow();
  expect(await versions.describe('a/label')).toEqual({
    name: 'a/label',
    rotates: undefined,
    stages: { [old]: ['AWSPREVIOUS', 'mine'], [next]: ['AWSCURRENT'] },
  });
  await versions.moveStage('a/label', 'mine', { from: old, to: undefined });
  expect(await versions.get('a/label', 'mine')).toBe('missing');
});

test('a version is given a value once: what it has stays', async () => {
  const versions = secretVersions();
  await secretWriter().create('a/fill', 'old');
  const token = 't'.repeat(32);
  expect(await versions.fill('a/fill', token, 'one')).toBe('filled');
  expect(await versions.fill('a/fill', token, 'two')).toBe('has a value');
  expect(await versions.get('a/fill', 'AWSPENDING')).toEqual({ text: 'one', version: token });
  expect(await read('a/fill')).toBe('old');
});

test('a service that does not answer is an error', async () => {
  const other = await startSecretsManager({ port: 0 });
  await other.close();
  const address = process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${other.port}`;
  await expect(secretReader().get('a/one')).rejects.toThrow();
  await expect(secretWriter().delete('a/one', 7)).rejects.toThrow();
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = address;
});
