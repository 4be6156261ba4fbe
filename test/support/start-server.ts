import { startMongod } from 'embedded-mongod';
import type { MongoClient } from 'mongodb';
import type { AdminLogin } from '../../local/genuine/first-user';
import { type Genuine, startGenuine } from './genuine/start-genuine';

/** A MongoDB server for a test, with an admin user and nothing else. */
export interface TestServer {
  port: number;
  close(): Promise<void>;
}

/** Set by `npm run test:mongod` alone: the genuine server that stands in for the embedded one. */
export const genuineBinary: string | undefined = process.env.MONGOD_UNDER_TEST || undefined;

/** This and `startServer` stand in for those of packages/mongod in a run over genuine servers (`test/genuine/jest.config.js`). */
export const embedded = genuineBinary === undefined;

/** The embedded server, or the genuine one that the test run is about. */
export function startServer(options: { admin: AdminLogin }): Promise<TestServer> {
  return genuineBinary === undefined ? startMongod(options) : borrowGenuine(options.admin, genuineBinary);
}

/** Genuine servers that a test of this file gave back, clean; to start one takes longer than to clean it. */
const spare: Genuine[] = [];
let over = false;

async function borrowGenuine(admin: AdminLogin, binary: string): Promise<TestServer> {
  const fits = spare.findIndex((server) => server.admin.username === admin.username);
  const server = spare.splice(fits, fits < 0 ? 0 : 1)[0] ?? (await startGenuine({ admin, binary }));
  return { port: server.port, close: () => giveBack(server) };
}

async function giveBack(server: Genuine): Promise<void> {
  const isClean = over ? false : await clean(server);
  if (isClean) spare.push(server);
  else await server.close();
}

/** Ends what tests of this file left; from then on servers that are given back end at once. */
export async function closeSpareServers(): Promise<void> {
  over = true;
  await Promise.all(spare.splice(0).map((server) => server.close()));
}

/** Takes away all but the admin; false if it can't, because a test changed the admin. */
async function clean(server: Genuine): Promise<boolean> {
  const client = server.client({ serverSelectionTimeoutMS: 1000 });
  try {
    await removeAll(client, server.admin);
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

async function removeAll(client: MongoClient, { username }: AdminLogin): Promise<void> {
  const admin = client.db('admin');
  const users = await admin.collection('system.users').find({}).toArray();
  for (const { user, db } of users)
    if (user !== username || db !== 'admin') await client.db(db).command({ dropUser: user });
  for (const { role, db } of await admin.collection('system.roles').find({}).toArray())
    await client.db(db).command({ dropRole: role });
  const { databases } = await admin.command({ listDatabases: 1, nameOnly: true });
  for (const { name } of databases)
    if (!['admin', 'config', 'local'].includes(name)) await client.db(name).dropDatabase();
  const own = await admin.listCollections({ name: { $not: /^system\./ } }, { nameOnly: true }).toArray();
  for (const { name } of own) await admin.dropCollection(name);
}
