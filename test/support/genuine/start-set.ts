import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Document, MongoClient, MongoClientOptions } from 'mongodb';
import { createFirstUser, openClient } from '../../../local/genuine/first-user';
import { type Genuine, type GenuineOptions, startBare, usualAdmin } from './start-genuine';

export interface SetOptions extends GenuineOptions {
  /** Three with data, or a primary, a secondary and an arbiter. */
  members: 3 | 'arbiter';
  /** Laid over the set's settings, such as `electionTimeoutMillis`. */
  settings?: Document;
}

export interface GenuineSet {
  readonly name: string;
  /** In the order of the configuration; the first is the primary to begin with, an arbiter the last. */
  readonly members: readonly Genuine[];
  /** The address of the whole set, with the admin's login. */
  readonly uri: string;
  /** `127.0.0.1:<port>,127.0.0.1:<port>,...` */
  readonly addresses: string;
  readonly clientOptions: MongoClientOptions;
  /** A client of the whole set, not yet connected; of the admin if no `auth` is given. It is the caller's to close. */
  client(options?: MongoClientOptions): MongoClient;
  /** The member that is primary, as soon as one is; others than those given, which may not know yet that they no longer are. */
  findPrimary(others?: readonly Genuine[]): Promise<Genuine>;
  /** Waits until each of these members (all, if left out) is primary, secondary or arbiter. */
  untilSettled(members?: readonly Genuine[]): Promise<void>;
  close(): Promise<void>;
}

const longestElection = 60_000;
const name = 'test-set';
// Quick, for tests: the usual election waits for 10 s.
const quick = { electionTimeoutMillis: 2000, heartbeatIntervalMillis: 300, heartbeatTimeoutSecs: 2 };

/** A replica set of three members, with a key file, on free ports of 127.0.0.1. They end with this process at the latest. */
export async function startSet({ members: kind, settings, ...options }: SetOptions): Promise<GenuineSet> {
  const folder = await mkdtemp(join(tmpdir(), 'mongogrant-set-'));
  const keyFile = join(folder, 'key');
  await writeFile(keyFile, randomBytes(48).toString('base64'), { mode: 0o400 });
  const flags = ['--replSet', name, '--keyFile', keyFile];
  const starting = await Promise.allSettled([1, 2, 3].map(() => startBare(options, flags)));
  const members = starting.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const close = async () => {
    await Promise.all(members.map((member) => member.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const start of starting) if (start.status === 'rejected') throw start.reason;
    await initiate(members, kind, { ...quick, ...settings });
    const first = await findPrimary(members);
    await createFirstUser(first.port, options.admin ?? usualAdmin, first.clientOptions);
    await untilSettled(members);
    const set = describe(members);
    await untilReplicated(set, kind === 'arbiter' ? 2 : 3);
    return { ...set, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All members with data know the first user, whichever of them is the primary next. */
async function untilReplicated({ client }: Pick<GenuineSet, 'client'>, w: number): Promise<void> {
  const admin = client();
  try {
    await admin.db('started').command({ create: 'x', writeConcern: { w, wtimeout: 30_000 } });
    await admin.db('started').command({ drop: 'x', writeConcern: { w, wtimeout: 30_000 } });
  } finally {
    await admin.close();
  }
}

function describe(members: readonly Genuine[]): Omit<GenuineSet, 'close'> {
  const [{ admin, clientOptions } = { admin: usualAdmin, clientOptions: {} }] = members;
  const addresses = members.map(({ address }) => address).join(',');
  const bare = `mongodb://${addresses}/?replicaSet=${name}`;
  return {
    name,
    members,
    addresses,
    clientOptions,
    uri: bare.replace('//', `//${admin.username}:${admin.password}@`),
    client: (more = {}) => openClient(bare, { ...clientOptions, auth: admin, ...more }),
    findPrimary: (others = []) => findPrimary(members.filter((member) => !others.includes(member))),
    untilSettled: (some = members) => untilSettled(some),
  };
}

async function initiate(members: readonly Genuine[], kind: SetOptions['members'], settings: Document): Promise<void> {
  const [first] = members;
  if (first === undefined) throw new Error('a set without members');
  const config = members.map(({ address }, index) => ({
    _id: index,
    host: address,
    // So that it is known who begins as the primary.
    priority: index === 0 ? 2 : kind === 'arbiter' && index === 2 ? 0 : 1,
    arbiterOnly: kind === 'arbiter' && index === 2,
  }));
  await ask(first, { replSetInitiate: { _id: name, members: config, settings } });
}

async function findPrimary(members: readonly Genuine[]): Promise<Genuine> {
  return untilFound('a primary', async () => {
    const roles = await Promise.all(members.map(roleOf));
    return members[roles.indexOf('primary')];
  });
}

async function untilSettled(members: readonly Genuine[]): Promise<void> {
  await untilFound('settled members', async () => {
    const roles = await Promise.all(members.map(roleOf));
    return roles.every((role) => role !== undefined) || undefined;
  });
}

/** Asked without a login, as the arbiter has no users. */
async function roleOf(member: Genuine): Promise<'primary' | 'secondary' | 'arbiter' | undefined> {
  const reply = await ask(member, { hello: 1 }).catch(() => undefined);
  if (reply?.isWritablePrimary) return 'primary';
  if (reply?.secondary) return 'secondary';
  return reply?.arbiterOnly ? 'arbiter' : undefined;
}

async function ask(member: Genuine, command: Document): Promise<Document> {
  // A frozen member takes connections and answers nothing.
  const patience = { serverSelectionTimeoutMS: 1000, connectTimeoutMS: 1000, socketTimeoutMS: 30_000 };
  const client = member.client({ auth: undefined, ...patience });
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

async function untilFound<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  const began = Date.now();
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() - began > longestElection) throw new Error(`no sign of ${what} within ${longestElection / 1000} s`);
    await pause(50);
  }
}
