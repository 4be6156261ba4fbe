import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { MongoClient, MongoClientOptions } from 'mongodb';
import { isFree } from '../../local/genuine/free-port';
import { makeCertificates } from '../support/genuine/certificates';
import { type GenuineOptions, startGenuine } from '../support/genuine/start-genuine';
import { startSet } from '../support/genuine/start-set';

const toClose: { close(): Promise<void> }[] = [];
const kept = <T extends { close(): Promise<void> }>(part: T): T => {
  toClose.push(part);
  return part;
};
afterEach(async () => {
  for (const part of toClose.splice(0).reverse()) await part.close();
});

const rolesOf = async (client: MongoClient): Promise<string[]> => {
  const { authInfo } = await client.db('admin').command({ connectionStatus: 1 });
  return authInfo.authenticatedUserRoles.map(({ role }: { role: string }) => role);
};
const start = async (options?: GenuineOptions) => kept(await startGenuine(options));
const states = ['PRIMARY', 'SECONDARY', 'ARBITER'];

test('alone: it has the admin and asks everybody else to log in', async () => {
  const server = await start();
  expect(await rolesOf(kept(server.client()))).toEqual(['root']);
  const stranger = kept(server.client({ auth: undefined }));
  await expect(stranger.db('demo').collection('a').findOne()).rejects.toMatchObject({ code: 13 });
});

test('alone: killed, frozen, started again on its port over its data, and gone with its folder', async () => {
  const server = await start();
  const admin = kept(server.client());
  await admin
    .db('demo')
    .collection<{ _id: number }>('a')
    .insertOne({ _id: 1 }, { writeConcern: { j: true } });
  const before = server.pid;
  await server.kill('SIGKILL');
  expect(() => process.kill(before, 0)).toThrow('ESRCH');
  await server.restart();
  expect(server.pid).not.toBe(before);
  const again = server.client();
  expect(await again.db('demo').collection('a').countDocuments()).toBe(1);

  const { parsed } = await again.db('admin').command({ getCmdLineOpts: 1 });
  await again.close();
  await server.kill('SIGSTOP');
  const impatient: MongoClientOptions = { serverSelectionTimeoutMS: 300, connectTimeoutMS: 300 };
  await expect(kept(server.client(impatient)).connect()).rejects.toThrow();
  await server.kill('SIGCONT');
  const thawed = server.client();
  expect(await rolesOf(thawed)).toEqual(['root']);
  await thawed.close();
  await server.close();
  expect(existsSync(parsed.storage.dbPath)).toBe(false);
});

test('a server ends, and its folder goes, when the process that started it is killed', async () => {
  const parent = fork(join(__dirname, '../support/genuine/server-process.ts'), { execArgv: ['--import', 'tsx'] });
  const [{ port, folder }] = await once(parent, 'message');
  expect(existsSync(folder)).toBe(true);
  parent.kill('SIGKILL');
  while (existsSync(folder)) await pause(20);
  expect(await isFree(port)).toBe(true);
});

test('a set of three: the first is primary, and after its end another is', async () => {
  const set = kept(await startSet({ members: 3 }));
  const [first] = set.members;
  expect(await set.findPrimary()).toBe(first);
  expect(await membersOf(kept(set.client()))).toEqual(['PRIMARY', 'SECONDARY', 'SECONDARY']);
  await first?.kill('SIGKILL');
  expect(await set.findPrimary()).not.toBe(first);
  expect(await rolesOf(kept(set.client()))).toEqual(['root']);
});

test('a set with an arbiter', async () => {
  const set = kept(await startSet({ members: 'arbiter' }));
  expect(await membersOf(kept(set.client()))).toEqual(states);
});

test('with TLS: only clients that use it, and know the authority, come in', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mongogrant-tls-'));
  try {
    const server = await start({ tls: await makeCertificates(folder) });
    expect(await rolesOf(kept(server.client()))).toEqual(['root']);
    for (const wrong of [{ tls: false, tlsCAFile: undefined }, { tlsCAFile: undefined }])
      await expect(kept(server.client({ serverSelectionTimeoutMS: 500, ...wrong })).connect()).rejects.toThrow();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('with SCRAM-SHA-1 alone, and fail points', async () => {
  const server = await start({ parameters: { authenticationMechanisms: 'SCRAM-SHA-1' }, testCommands: true });
  const admin = kept(server.client());
  expect(await rolesOf(admin)).toEqual(['root']);
  const auth = { auth: server.admin, authMechanism: 'SCRAM-SHA-256' as const };
  await expect(kept(server.client(auth)).connect()).rejects.toThrow();
  await admin.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['ping'], errorCode: 189 },
  });
  await expect(admin.db('admin').command({ ping: 1 })).rejects.toMatchObject({ code: 189 });
});

async function membersOf(client: MongoClient): Promise<string[]> {
  const { members } = await client.db('admin').command({ replSetGetStatus: 1 });
  return members.map(({ stateStr }: { stateStr: string }) => stateStr);
}
