import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../local/loopback';
import { startSecretsManager } from '../../local/secrets-manager';
import { awsSecrets } from '../../shared/secrets';

let service: Listening;
let client: SecretsManagerClient;
let now = 0;
const login = { engine: 'mongo', host: 'h.lab.org', port: 27_020, username: 'root', password: 'hunter2' };

beforeEach(async () => {
  service = await startSecretsManager({ port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${service.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  client = new SecretsManagerClient();
  now = 1_000_000;
});
afterEach(async () => {
  client.destroy();
  await service.close();
});

const open = () => awsSecrets('lab', () => now);
const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const create = (name: string, value: unknown) =>
  client.send(new CreateSecretCommand({ Name: `lab/${name}`, SecretString: text(value) }));
const change = (name: string, value: unknown) =>
  client.send(new PutSecretValueCommand({ SecretId: `lab/${name}`, SecretString: text(value) }));

test('the login of a host, with the defaults of a plain one', async () => {
  await create('hosts/h.lab.org/27020', login);
  await create('hosts/plain', { host: 'plain', username: 'u', password: 'p' });
  const { engine: _, ...own } = login;
  expect(await open().host('h.lab.org:27020')).toEqual({ ...own, authSource: 'admin' });
  expect(await open().host('plain')).toEqual({
    host: 'plain',
    port: 27_017,
    username: 'u',
    password: 'p',
    authSource: 'admin',
  });
});

test('port and TLS may be written as text, as the console of AWS does', async () => {
  await create('hosts/h', { ...login, port: '27021', ssl: 'true', replicaSet: 'rs0', usersDb: 'admin', dbname: 'x' });
  expect(await open().host('h')).toMatchObject({ port: 27_021, ssl: true, replicaSet: 'rs0', usersDb: 'admin' });
});

test('a host that is not registered, or no longer, is none', async () => {
  expect(await open().host('h.lab.org')).toBeUndefined();
  await create('hosts/gone', login);
  await client.send(new DeleteSecretCommand({ SecretId: 'lab/hosts/gone', ForceDeleteWithoutRecovery: true }));
  expect(await open().host('gone')).toBeUndefined();
  await create('hosts/going', login);
  await client.send(new DeleteSecretCommand({ SecretId: 'lab/hosts/going', RecoveryWindowInDays: 7 }));
  expect(await open().host('going')).toBeUndefined();
});

test('a host that is registered a moment later is seen at once', async () => {
  const secrets = open();
  expect(await secrets.host('h')).toBeUndefined();
  await create('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});

test('what was read is kept for five minutes', async () => {
  const secrets = open();
  await create('hosts/h', login);
  await secrets.host('h');
  await change('hosts/h', { ...login, password: 'new' });
  const password = async () => (await secrets.host('h'))?.password;
  now += 300_000;
  expect(await password()).toBe('hunter2');
  now += 1;
  expect(await password()).toBe('new');
});

test('a fresh look is taken at once, but not more often than every ten seconds', async () => {
  const secrets = open();
  await create('signing-key', { key: 'a'.repeat(64) });
  expect(await secrets.signingKeys()).toEqual({ key: 'a'.repeat(64), older: [] });
  await change('signing-key', { key: 'b'.repeat(64), older: ['a'.repeat(64)] });
  now += 10_000;
  expect((await secrets.signingKeys('fresh')).key).toBe('a'.repeat(64));
  now += 1;
  expect(await secrets.signingKeys('fresh')).toEqual({ key: 'b'.repeat(64), older: ['a'.repeat(64)] });
});

test('ten requests at once ask once', async () => {
  const asked = jest.spyOn(SecretsManagerClient.prototype, 'send');
  await create('hosts/h', login);
  asked.mockClear();
  const secrets = open();
  await Promise.all(Array.from({ length: 10 }, () => secrets.host('h')));
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});

test.each([
  ['no JSON', 'hunter2 {'],
  ['an empty text in JSON', '""'],
  ['a list', '["hunter2"]'],
  ['no password', { ...login, password: undefined, username: 'hunter2' }],
  ['a port that is none', { ...login, port: 'hunter2' }],
  ['TLS that is neither true nor false', { ...login, ssl: 'hunter2' }],
])('a secret that cannot be used, being %s, is an error that names it and does not tell it', async (_, value) => {
  await create('hosts/h', value);
  const attempt = open().host('h');
  await expect(attempt).rejects.toThrow(/secret.*\bh\b/);
  await expect(attempt).rejects.not.toThrow(/hunter2/);
});

test('a bad secret that is mended is read again at once', async () => {
  const secrets = open();
  await create('hosts/h', '{');
  await expect(secrets.host('h')).rejects.toThrow("The secret lab/hosts/h can't be read");
  await change('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});

test('without a signing key of 32 characters nothing is signed', async () => {
  await expect(open().signingKeys()).rejects.toThrow(/signing-key/);
  await create('signing-key', { key: 'short' });
  await expect(open().signingKeys()).rejects.toThrow('The secret of signing-key has no usable key');
});

test('a service that does not answer is an error, and is asked again next time', async () => {
  const secrets = open();
  await create('hosts/h', login);
  const port = service.port;
  await service.close();
  await expect(secrets.host('h')).rejects.toThrow(/can't be read/);
  service = await startSecretsManager({ port });
  await create('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});
