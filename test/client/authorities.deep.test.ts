import { readdir, readFile, stat } from 'node:fs/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MongoClient } from 'mongodb';
import { parse } from 'yaml';
import { clientStage } from '../support/client-stage';
import { labCa, startTls } from '../support/lab-ca';
import { runMgrant } from '../support/run-mgrant';
import { later, registerHost } from '../support/stage';
import { endpoint, stageFetch } from '../support/stage-fetch';

const here = clientStage();
let tls: Awaited<ReturnType<typeof startTls>>;
let host: string;
const secret = () => ({ host: '127.0.0.1', port: tls.port, ssl: true, ca: labCa.ca, ...here.stage.admin });
const settings = async () => JSON.parse(await here.text());

beforeEach(async () => {
  tls = await startTls(here.stage.mongod.port);
  host = `gate.lab.org:${tls.port}`;
  await registerHost(host, secret());
  await here.rule({ host });
});
afterEach(() => tls.close());

test('the client trusts what the service says signs the certificate of the host, and nothing else', async () => {
  const client = await here.member();
  const db = await client.db(`rw:${host}/demo`);
  await db.collection('c').insertOne({ one: 1 });
  const uri = (await client.uri(`rw:${host}/demo`)).replace(/&tlsCAFile=[^&]*/, '');
  expect(uri).toContain('tls=true');
  const stranger = new MongoClient(uri, { serverSelectionTimeoutMS: 1000 });
  await expect(stranger.connect()).rejects.toThrow(/certificate|signature/);
  await stranger.close();
});

test('the address that is handed on names a file with the certificates, beside the settings file', async () => {
  const client = await here.member();
  const uri = await client.uri(`rw:${host}/demo`);
  const file = here.folder.path(`you.gate.lab.org_${tls.port}.pem`);
  expect(new URL(uri).searchParams.get('tlsCAFile')).toBe(file);
  expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual([labCa.ca, 0o600]);
  const stranger = await new MongoClient(uri).connect();
  expect(await stranger.db('demo').collection('c').countDocuments()).toBe(0);
  await stranger.close();
  await Promise.all(Array.from({ length: 10 }, () => client.uri(`rw:${host}/demo`)));
  expect((await readdir(here.folder.path('.'))).sort()).toEqual([file.split('/').at(-1), 'you.json']);
});

test('people get the address that is for them, and functions use their own', async () => {
  const name = `other.lab.org:${tls.port}`;
  await registerHost(name, { ...secret(), publicUri: `mongodb://localhost:${tls.port}/?appName=x` });
  await here.rule({ host: name });
  const client = await here.member();
  const uri = new URL(await client.uri(`rw:${name}/demo`));
  expect([uri.host, uri.searchParams.get('tls'), uri.searchParams.get('appName')]).toEqual([
    `localhost:${tls.port}`,
    'true',
    null,
  ]);
  await (await client.db(`rw:${name}/demo`)).collection('c').insertOne({ one: 1 });
});

test('the settings file stays the one of the Python client, and forgets with the last login of the host', async () => {
  const client = await here.member();
  for (const db of ['demo1', 'demo2']) await client.getAuth(host, db, 'rw');
  const { auth, mongogrant } = await settings();
  for (const one of auth) expect(Object.keys(one)).toEqual(['host', 'db', 'role', 'username', 'password']);
  expect(mongogrant.authorities).toEqual({ [host]: labCa.ca });
  await client.revoke(`rw:${host}/demo1`);
  expect((await settings()).mongogrant.authorities).toEqual({ [host]: labCa.ca });
  await client.revoke(`rw:${host}/demo2`);
  expect((await settings()).mongogrant).not.toHaveProperty('authorities');
});

test('a renewal brings the authorities of today, and the next Db trusts them', async () => {
  const client = await here.member();
  const first = await client.db(`rw:${host}/demo`);
  const client2 = new SecretsManagerClient();
  const both = labCa.ca + labCa.expired;
  const SecretString = JSON.stringify({ ...secret(), ca: both });
  await client2.send(
    new PutSecretValueCommand({ SecretId: `mongogrant/hosts/${host.replace(':', '/')}`, SecretString }),
  );
  client2.destroy();
  later(here.stage, 301);
  expect(await client.renew(`rw:${host}/demo`)).toMatchObject({ ca: both });
  expect((await settings()).mongogrant.authorities).toEqual({ [host]: both });
  const second = await client.db(`rw:${host}/demo`);
  expect(second.client).not.toBe(first.client);
  expect((await client.db(`rw:${host}/demo`)).client).toBe(second.client);
});

test('mgrant hands them on in every format, and starts mongosh with them', async () => {
  const started: { args: string[]; env: Record<string, string> }[] = [];
  const world = {
    ...stageFetch(here.stage),
    settings: here.folder.path('you.json'),
    runProgram: async (_: string, args: string[], env: Record<string, string>) => started.push({ args, env }),
  };
  const token = await here.stage.tokenFor('you@example.com');
  await runMgrant(['settoken', '--endpoint', endpoint], { ...world, readInput: async () => token });
  const db = (format: string) => runMgrant(['db', `rw:${host}/demo`, '--format', format], world);
  const file = here.folder.path(`you.gate.lab.org_${tls.port}.pem`);
  for (const format of ['uri', 'env', 'dotenv', 'json', 'compass', 'fireworks', 'jobflow'])
    expect([format, (await db(format)).out]).toEqual([format, expect.stringContaining(file)]);
  const { out } = await db('k8s');
  expect([out.includes(file), parse(out).stringData['ca.crt']]).toEqual([false, labCa.ca]);
  await db('mongosh');
  expect(Object.values(started[0]?.env ?? {})).toEqual([expect.stringContaining(`tlsCAFile=${file}`)]);
});
