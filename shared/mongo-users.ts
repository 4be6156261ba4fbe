import {
  type Document,
  MongoClient,
  MongoError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import * as v from 'valibot';
import { HostRefused, HostUnreachable } from './errors';
import { adminUri } from './mongo-uri';
import type { HostSecret } from './secrets';

/** A registered host with its admin login. */
export interface Host {
  name: string;
  secret: HostSecret;
}

export interface UserName {
  user: string;
  /** The database that holds the user. */
  db: string;
}

/** What marks a user as ours, in its `customData`. */
export interface Tag {
  email: string;
  label: string;
  grant: string;
  expires: string;
  stack: string;
}

export interface NewUser extends UserName {
  password: string;
  roles: { role: string; db: string }[];
  tag: Tag;
  /** Where the login may come from; empty for anywhere. */
  cidrs: string[];
}

export interface UserChange {
  password?: string;
  tag?: Tag;
  /** Where the login may come from; `[]` lifts the restriction. */
  cidrs?: string[];
}

/** Users on MongoDB hosts: each function is one command. What a server may well answer is a value, all else is thrown. */
export interface MongoUsers {
  create(host: Host, user: NewUser): Promise<'created' | 'exists'>;
  update(host: Host, name: UserName, change: UserChange): Promise<'updated' | 'missing'>;
  /** Whose user it is: the id of its grant, `foreign` without our tag; none where there is no such user. */
  owner(host: Host, name: UserName): Promise<{ grant: string } | 'foreign' | undefined>;
  revokeRoles(
    host: Host,
    name: UserName,
    roles: { role: string; db: string }[],
  ): Promise<'revoked' | 'missing' | 'not_offered'>;
  killSessions(host: Host, name: UserName): Promise<'killed' | 'missing' | 'not_offered'>;
  drop(host: Host, name: UserName): Promise<'dropped' | 'missing'>;
}

const USER_NOT_FOUND = 11;
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;
const COMMAND_NOT_FOUND = 59;
const ATLAS_ERROR = 8000;
const USER_EXISTS = 51003;

const majority = { writeConcern: { w: 'majority', wtimeout: 5000 } };
const tagged = v.object({ customData: v.object({ mongogrant: v.object({ grant: v.string() }) }) });

/** Real hosts over the official driver; one small pool a host, kept for as long as its admin login stays the same. */
export function mongoUsers(): MongoUsers & { close(): Promise<void> } {
  const clients = new Map<string, { key: string; client: MongoClient }>();
  const replaced = new Set<MongoClient>();

  function clientOf({ name, secret }: Host): MongoClient {
    const key = JSON.stringify(secret);
    const kept = clients.get(name);
    if (kept?.key === key) return kept.client;
    const client = new MongoClient(adminUri(secret), {
      maxPoolSize: 10,
      serverSelectionTimeoutMS: 5000,
      connectTimeoutMS: 5000,
      socketTimeoutMS: 8000,
      // Networks forget idle connections without a word, and a function that slept does not notice.
      maxIdleTimeMS: 60_000,
      appName: 'mongogrant',
    });
    clients.set(name, { key, client });
    if (kept) replace(kept.client);
    return client;
  }

  /** Commands that are under way on the old login may finish first. */
  function replace(client: MongoClient): void {
    replaced.add(client);
    setTimeout(() => replaced.delete(client) && void client.close(), 10_000).unref();
  }

  async function run<T>(host: Host, db: string, command: Document, answers: Record<number, T>): Promise<T | undefined> {
    try {
      await clientOf(host).db(db).command(command);
      return undefined;
    } catch (error) {
      if (error instanceof MongoServerError && typeof error.code === 'number' && error.code in answers)
        return answers[error.code];
      throw reachable(host, error);
    }
  }

  const notOffered = {
    [UNAUTHORIZED]: 'not_offered',
    [COMMAND_NOT_FOUND]: 'not_offered',
    [ATLAS_ERROR]: 'not_offered',
    [USER_NOT_FOUND]: 'missing',
  } as const;
  return {
    async create(host, { user, db, password, roles, tag, cidrs }) {
      const command = {
        createUser: user,
        pwd: password,
        roles,
        customData: { mongogrant: tag },
        ...(cidrs.length > 0 && restricted(cidrs)),
        ...majority,
      };
      return (await run(host, db, command, { [USER_EXISTS]: 'exists' as const })) ?? 'created';
    },
    async update(host, { user, db }, { password, tag, cidrs }) {
      const change = {
        ...(password && { pwd: password }),
        ...(tag && { customData: { mongogrant: tag } }),
        ...(cidrs && restricted(cidrs)),
      };
      return (
        (await run(host, db, { updateUser: user, ...change, ...majority }, { [USER_NOT_FOUND]: 'missing' as const })) ??
        'updated'
      );
    },
    async owner(host, { user, db }) {
      const { users } = await clientOf(host)
        .db(db)
        .command({ usersInfo: { user, db } })
        .catch((error: unknown) => Promise.reject(reachable(host, error)));
      const [found] = v.parse(v.array(v.unknown()), users);
      if (found === undefined) return undefined;
      return v.is(tagged, found) ? { grant: found.customData.mongogrant.grant } : 'foreign';
    },
    async revokeRoles(host, { user, db }, revoked) {
      return (await run(host, db, { revokeRolesFromUser: user, roles: revoked, ...majority }, notOffered)) ?? 'revoked';
    },
    async killSessions(host, { user, db }) {
      return (await run(host, 'admin', { killAllSessions: [{ user, db }] }, notOffered)) ?? 'killed';
    },
    async drop(host, { user, db }) {
      return (
        (await run(host, db, { dropUser: user, ...majority }, { [USER_NOT_FOUND]: 'missing' as const })) ?? 'dropped'
      );
    },
    async close() {
      const open = [...replaced, ...[...clients.values()].map(({ client }) => client)];
      replaced.clear();
      clients.clear();
      await Promise.all(open.map((client) => client.close()));
    },
  };
}

/** A field that takes a privilege of its own, even when it is empty: sent only where it says something new. */
const restricted = (cidrs: string[]) => ({
  authenticationRestrictions: cidrs.length > 0 ? [{ clientSource: cidrs }] : [],
});

/** Tells a host that can't be reached (or that refuses our own login) from a fault in what we asked of it. */
function reachable(host: Host, error: unknown): unknown {
  if (!(error instanceof MongoError)) return error;
  const cause = { cause: error };
  if (error instanceof MongoServerError)
    return error.code === AUTHENTICATION_FAILED
      ? new HostUnreachable(host.name, false, cause)
      : new HostRefused(host.name, cause);
  const neverSent =
    error instanceof MongoServerSelectionError ||
    error instanceof MongoParseError ||
    error.hasErrorLabel('HandshakeError');
  return new HostUnreachable(host.name, !neverSent, cause);
}
