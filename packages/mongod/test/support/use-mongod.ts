import { randomBytes } from 'node:crypto';
import { type Document, MongoClient, type MongoClientOptions, MongoServerError } from 'mongodb';
import type { RunningMongod } from '../../src/start-mongod';
import { embedded, startServer } from './server-under-test';
import { WireClient } from './wire-client';

/** The server that a test file talks to. */
export interface TestMongod {
  /** False for a genuine server, such as one that `MONGODB_URI` names. */
  readonly embedded: boolean;
  /** Whether the server answers as this version does, such as 5 or 6. */
  isAtLeast(version: number): boolean;
  readonly host: string;
  readonly port: number;
  /** Logged in with the role `root`. */
  readonly admin: MongoClient;
  /** The name of a database that no other test uses; its users, roles and documents are gone after the tests. */
  newDb(): string;
  /** A client that is logged in; it is closed after the test. */
  connectAs(user: string, password: string, authSource: string, options?: MongoClientOptions): Promise<MongoClient>;
  /** A bare client, not logged in; it is closed after the test. */
  wire(): Promise<WireClient>;
}

const realUri = process.env.MONGODB_URI;
const adminPassword = 'admin-password';

/** One server for all tests of a file: the embedded one on a free port, or the one that `MONGODB_URI` names. */
export function useMongod(): TestMongod {
  let running: RunningMongod | undefined;
  let admin: MongoClient | undefined;
  let version = 0;
  let address = { host: '127.0.0.1', port: 0 };
  const dbs: string[] = [];
  const open: { close(): unknown }[] = [];

  beforeAll(async () => {
    running = realUri ? undefined : await startServer({ admin: { username: 'admin', password: adminPassword } });
    const uri = realUri ?? `mongodb://admin:${adminPassword}@127.0.0.1:${running?.port}/`;
    const { hostname, port } = new URL(uri);
    address = { host: hostname, port: Number(port || 27017) };
    admin = await new MongoClient(uri).connect();
    version = Number.parseFloat((await admin.db('admin').command({ buildInfo: 1 })).version);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });

  afterAll(async () => {
    if (admin && realUri) for (const db of dbs) await cleanUp(admin, db);
    await admin?.close();
    await running?.close();
  });

  return {
    embedded: realUri === undefined && embedded,
    isAtLeast: (wanted) => version >= wanted,
    get host() {
      return address.host;
    },
    get port() {
      return address.port;
    },
    get admin() {
      if (admin === undefined) throw new Error('the server is not up before the tests begin');
      return admin;
    },
    newDb() {
      const db = `t_${randomBytes(6).toString('hex')}`;
      dbs.push(db);
      return db;
    },
    async connectAs(username, password, authSource, options = {}) {
      const uri = `mongodb://${address.host}:${address.port}/?directConnection=true`;
      const client = new MongoClient(uri, { auth: { username, password }, authSource, ...options });
      open.push(client);
      return client.connect();
    },
    async wire() {
      const client = await WireClient.connect(address.host, address.port);
      open.push(client);
      return client;
    },
  };
}

async function cleanUp(admin: MongoClient, db: string): Promise<void> {
  await admin.db(db).command({ dropAllUsersFromDatabase: 1 });
  await admin.db(db).command({ dropAllRolesFromDatabase: 1 });
  await admin.db(db).dropDatabase();
}

/** What the server refused with; a success, or an error that is none of the server's, fails the test. */
export async function refusal(attempt: Promise<unknown>): Promise<{ code: number; message: string; reply: Document }> {
  const result = await attempt.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in result) throw new Error(`expected a refusal, got ${JSON.stringify(result.value)}`);
  if (!(result.error instanceof MongoServerError)) throw result.error;
  const { code, message, errorResponse } = result.error;
  return { code: Number(code), message, reply: errorResponse };
}

/** The code alone. */
export async function refusalCode(attempt: Promise<unknown>): Promise<number> {
  return (await refusal(attempt)).code;
}

/** Waits until an operation of this user runs that matches; gives its row. */
export async function runningOperation(admin: MongoClient, user: string, match: Document = {}): Promise<Document> {
  for (;;) {
    const pipeline = [
      { $currentOp: { allUsers: true } },
      { $match: { 'effectiveUsers.user': user, active: true, ...match } },
    ];
    const [row] = await admin.db('admin').aggregate(pipeline).toArray();
    if (row !== undefined) return row;
  }
}
