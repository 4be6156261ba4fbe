import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startMongod } from 'embedded-mongod';
import { MongoClient } from 'mongodb';
import { anyPorts, type Ports, type Service, type ServiceOptions, startService } from '../../local/service';
import { StartError } from '../../local/start-error';
import { readRulesFor } from '../../shared/store/rules';
import { dynamoTable } from '../../shared/store/table';
import { handlersOf } from './http-exchange';

/** The parts themselves are what is tested here: no function is loaded. */
const handlers = handlersOf(async () => ({ statusCode: 200, body: 'a function' }));
const start = (options: ServiceOptions = {}) => startService({ ports: anyPorts, handlers, ...options });

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

const portOf = (address: string) => Number(address.split(':').pop());
const portsOf = ({ api, mailbox, dynamodb, secretsManager, host }: Service): Ports => ({
  PORT: portOf(api),
  MAIL_PORT: portOf(mailbox),
  DYNAMODB_PORT: portOf(dynamodb),
  SECRETS_PORT: portOf(secretsManager),
  MONGODB_PORT: portOf(host),
});

async function secret(service: Service, name: string): Promise<unknown> {
  const client = new SecretsManagerClient({ endpoint: service.secretsManager, maxAttempts: 1 });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  client.destroy();
  return JSON.parse(SecretString);
}

const seededRule = (host: string) => ({
  email: 'you@example.com',
  host,
  db: 'demo*',
  role: 'readWrite',
  which: 'allow',
  version: 1,
});

test('a fresh service has a signing key, its host, and one rule', async () => {
  const service = await start();
  expect(await secret(service, 'mongogrant/signing-key')).toEqual({
    key: expect.stringMatching(/^[A-Za-z0-9]{64}$/),
    older: [],
  });
  expect(service.host).toMatch(/^localhost:\d+$/);
  expect(await secret(service, `mongogrant/hosts/${service.host.replace(':', '/')}`)).toEqual({
    engine: 'mongo',
    host: 'localhost',
    port: portOf(service.host),
    username: 'mongoadmin',
    password: 'mongoadminpass',
    authSource: 'admin',
  });
  expect(await readRulesFor(dynamoTable(service.tableName), 'you@example.com')).toMatchObject([
    seededRule(service.host),
  ]);
  expect(await (await fetch(`${service.api}/me`)).text()).toBe('a function');
  const client = new MongoClient(service.adminUri);
  expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
  await service.close();
});

test('closing ends every part and frees every port', async () => {
  const service = await start();
  const ports = portsOf(service);
  for (const port of Object.values(ports)) expect(await connects(port)).toBe(true);
  await service.close();
  for (const port of Object.values(ports)) expect(await connects(port)).toBe(false);
  const again = await start({ ports });
  expect(portsOf(again)).toEqual(ports);
  await again.close();
  await again.close();
});

test.each(Object.keys(anyPorts))(
  'where the port of %s is taken, the error names it and nothing stays open',
  async (name) => {
    const sample = await start();
    const ports = portsOf(sample);
    await sample.close();
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port));
    });
    const refused = start({ ports: { ...ports, [name]: port } });
    await expect(refused).rejects.toThrow(StartError);
    await expect(refused).rejects.toThrow(new RegExp(`^${name}: port ${port} is taken`));
    for (const free of Object.values(ports)) expect(await connects(free)).toBe(false);
    await new Promise((resolve) => other.close(resolve));
  },
);

test('settings are laid over the local ones, and a bad one is named', async () => {
  const service = await start({ settings: { linkTtl: '5 m', secretPrefix: 'lab', stackName: 'mine' } });
  expect(JSON.parse(process.env.SETTINGS ?? '')).toEqual({
    admins: ['admin@example.com'],
    mailFrom: 'mongogrant <no-reply@example.com>',
    linkTtl: '5 m',
    secretPrefix: 'lab',
  });
  expect(process.env).toMatchObject({ STACK_NAME: 'mine', TABLE_NAME: 'mongogrant', ORIGIN: service.api });
  expect(await secret(service, 'lab/signing-key')).toMatchObject({ older: [] });
  await service.close();
  const wrong = { linkTtl: 'soon', linkTTL: '5 m' };
  await expect(start({ settings: wrong })).rejects.toThrow(
    /^MONGOGRANT_SETTINGS: (?=.*linkTtl must be)(?=.*linkTTL is not a setting)/,
  );
  await expect(start({ settings: wrong })).rejects.toThrow(StartError);
});

test('the AWS set-up of whoever starts it leads nowhere else', async () => {
  Object.assign(process.env, {
    AWS_PROFILE: 'work',
    AWS_SESSION_TOKEN: 'real',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  });
  const service = await start();
  for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'])
    expect(process.env[name]).toBeUndefined();
  expect(process.env).toMatchObject({ AWS_ACCESS_KEY_ID: 'local', AWS_ENDPOINT_URL_SES: service.mailbox });
  await service.close();
});

test('with a folder, everything is there again after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'service-'));
  const first = await start({ dataDir });
  const ports = portsOf(first);
  const key = await secret(first, 'mongogrant/signing-key');
  const client = new MongoClient(first.adminUri);
  await client.db('demo').collection('notes').insertOne({ hello: 'world' });
  await client.db('demo').command({ createUser: 'kept', pwd: 'kept', roles: [] });
  await client.close();
  const table = dynamoTable(first.tableName);
  await table.put({ pk: 'mine', sk: '1' });
  await expect(start({ dataDir })).rejects.toThrow(`DATA_DIR: ${dataDir} is in use`);
  await first.close();
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);

  const second = await start({ dataDir, ports });
  expect(await secret(second, 'mongogrant/signing-key')).toEqual(key);
  expect(await table.query({ pk: 'mine' })).toEqual([{ pk: 'mine', sk: '1' }]);
  expect(await table.query({ pk: 'rules', index: 'listed' })).toMatchObject([seededRule(second.host)]);
  const again = new MongoClient(second.adminUri);
  expect(await again.db('demo').collection('notes').countDocuments()).toBe(1);
  expect(await again.db('demo').command({ usersInfo: 'kept' })).toMatchObject({ users: [{ user: 'kept' }] });
  await again.close();
  await second.close();
  expect(readdirSync(dataDir).sort()).toEqual(['dynamodb', 'mongodb', 'secrets.json']);
  rmSync(dataDir, { recursive: true });
});

test('a stored admin login stays as it is, unless another one is given', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'service-'));
  const first = await start({ dataDir });
  const ports = portsOf(first);
  const name = `mongogrant/hosts/${first.host.replace(':', '/')}`;
  const client = new SecretsManagerClient({ endpoint: first.secretsManager });
  await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: '{"password":"rotated"}' }));
  client.destroy();
  await first.close();
  const second = await start({ dataDir, ports });
  expect(await secret(second, name)).toEqual({ password: 'rotated' });
  await second.close();
  const mongod = await startMongod({ port: ports.MONGODB_PORT, admin: { username: 'root', password: 'given' } });
  const third = await start({ dataDir, ports, mongodbUri: `mongodb://root:given@localhost:${mongod.port}/` });
  expect(await secret(third, name)).toMatchObject({ username: 'root', password: 'given' });
  await third.close();
  await mongod.close();
  rmSync(dataDir, { recursive: true });
});

test('a rule that an admin removed does not come back with a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'service-'));
  const first = await start({ dataDir });
  const table = dynamoTable(first.tableName);
  const [rule] = await table.query({ pk: 'rules#you@example.com' });
  await table.delete({ pk: String(rule?.pk), sk: String(rule?.sk) });
  await first.close();
  const second = await start({ dataDir, ports: portsOf(first) });
  expect(await table.query({ pk: 'rules#you@example.com' })).toEqual([]);
  await second.close();
  rmSync(dataDir, { recursive: true });
});

test('a server of one’s own is registered in place of the embedded one', async () => {
  const mongod = await startMongod({ admin: { username: 'root', password: 'p@ss/w:rd' } });
  const uri = (password: string) => `mongodb://root:${encodeURIComponent(password)}@localhost:${mongod.port}/`;
  const service = await start({ mongodbUri: uri('p@ss/w:rd') });
  expect(service.host).toBe(`localhost:${mongod.port}`);
  expect(await secret(service, `mongogrant/hosts/localhost/${mongod.port}`)).toMatchObject({
    username: 'root',
    password: 'p@ss/w:rd',
    authSource: 'admin',
  });
  await service.close();
  expect(await connects(mongod.port)).toBe(true);
  const refused = start({ mongodbUri: uri('wrong') });
  await expect(refused).rejects.toThrow(StartError);
  await expect(refused).rejects.toThrow(`MONGODB_URI: localhost:${mongod.port} can't be used: Authentication failed.`);
  await mongod.close();
});
