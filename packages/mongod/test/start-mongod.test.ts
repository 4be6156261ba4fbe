import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type RunningMongod, startMongod } from '../src/start-mongod';
import { refusalCode } from './support/use-mongod';
import { WireClient } from './support/wire-client';

const admin = { username: 'admin', password: 'admin-password' };
const open: { close(): unknown }[] = [];
const folders: string[] = [];

async function start(options: Parameters<typeof startMongod>[0] = { admin }): Promise<RunningMongod> {
  const running = await startMongod(options);
  open.push(running);
  return running;
}

async function connect(port: number, password = admin.password): Promise<MongoClient> {
  const client = new MongoClient(`mongodb://admin:${password}@127.0.0.1:${port}/`, { serverSelectionTimeoutMS: 2000 });
  open.push(client);
  return client.connect();
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mongod-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('a server starts on a free port with its first user, who holds root', async () => {
  const { port } = await start();
  const client = await connect(port);
  const { authInfo } = await client.db('admin').command({ connectionStatus: 1 });
  expect(authInfo.authenticatedUsers).toEqual([{ user: 'admin', db: 'admin' }]);
  expect(authInfo.authenticatedUserRoles).toContainEqual({ role: 'root', db: 'admin' });
});

test('two servers know nothing of each other', async () => {
  const [one, two] = [await start(), await start({ admin: { ...admin, password: 'other' } })];
  await connect(one.port);
  expect(await refusalCode(connect(two.port))).toBe(18);
});

test('a taken port is an error that says so, and leaves the folder alone', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  open.push(taken);
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startMongod({ port, admin })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
});

test('closing ends every connection, waiting ones too, and frees the port', async () => {
  const { port, close } = await start();
  const wire = await WireClient.connect('127.0.0.1', port);
  const { topologyVersion } = await wire.command({ hello: 1, $db: 'admin' });
  const waiting = wire.command({ hello: 1, topologyVersion, maxAwaitTimeMS: 60_000, $db: 'admin' });
  const ended = expect(waiting).rejects.toThrow('closed the connection');
  await close();
  await ended;
  await wire.closed;
  await start({ port, admin });
  await close();
});

test('without a folder nothing is kept', async () => {
  const first = await start();
  await (await connect(first.port))
    .db('a')
    .collection('c')
    .insertOne({ _id: 'x' } as object);
  await first.close();
  const second = await start({ port: first.port, admin });
  expect(await (await connect(second.port)).db('a').collection('c').countDocuments()).toBe(0);
});

describe('with a folder', () => {
  test('what was answered outlives the process, however that ends', async () => {
    const dataDir = newFolder();
    const child = await startChild(dataDir);
    const client = await connect(child.port);
    const db = client.db('lab');
    const customData = { owner: 'ann@lab.org' };
    await db.command({ createRole: 'mine', roles: ['read'], privileges: [] });
    await db.command({ createUser: 'ann', pwd: 'old', roles: ['mine'], customData });
    await db.command({ createUser: 'ben', pwd: 'pw', roles: [] });
    await db.command({ dropUser: 'ben' });
    await db.command({ updateUser: 'ann', pwd: 'new', authenticationRestrictions: [{ clientSource: ['127.0.0.1'] }] });
    await db.collection('c').insertOne({ x: 1 });
    const before = await db.command({ usersInfo: ['ann', 'ben'], showAuthenticationRestrictions: true });
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');

    const { port } = await start({ dataDir, admin: { ...admin, password: 'not used: the user is there' } });
    const again = await connect(port);
    const after = again.db('lab').command({ usersInfo: ['ann', 'ben'], showAuthenticationRestrictions: true });
    expect(await after).toEqual(before);
    expect(before.users).toMatchObject([{ user: 'ann', customData }]);
    const ann = new MongoClient(`mongodb://ann:new@127.0.0.1:${port}/lab`);
    open.push(ann);
    expect(await ann.db('lab').collection('c').findOne()).toMatchObject({ x: 1 });
    const stale = new MongoClient(`mongodb://ann:old@127.0.0.1:${port}/lab`);
    open.push(stale);
    expect(await refusalCode(stale.connect())).toBe(18);
  });
});

/** A server in a process of its own, so that it can be ended the hard way. */
async function startChild(dataDir: string): Promise<{ process: ChildProcess; port: number }> {
  const child = fork(join(__dirname, 'support/mongod-process.ts'), [dataDir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  open.push({ close: () => child.kill('SIGKILL') });
  const [port] = await once(child, 'message');
  return { process: child, port: Number(port) };
}
