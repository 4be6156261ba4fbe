import {
  Binary,
  type Db,
  MongoClient,
  MongoError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { HostRefused, HostUnreachable } from './errors';
import { adminUri, memberAddress } from './mongo-uri';
import type { HostSecret } from './secrets';
import { newId } from './tokens';

/** A registered host with its admin login. */
export interface Host {
  name: string;
  secret: HostSecret;
}

/** A command or a reply; the name of a command is its first field. */
export type Message = Record<string, unknown>;

/** The MongoDB servers behind the hosts, each with the admin login of its secret. */
export interface MongoServers {
  /**
   * Runs one command, once. Throws `HostRefused` where the server says no ({@link serverCode} tells its reason), and
   * `HostUnreachable` where it can't be asked.
   */
  command(host: Host, db: string, command: Message): Promise<Message>;
  /** Tries a login of somebody else at every member that is known, once each. */
  tryLogin(host: Host, login: { user: string; db: string; password: string }): Promise<LoginTrial[]>;
  close(): Promise<void>;
}

/** What one member of a host said to a login. */
export interface LoginTrial {
  member: string;
  answer: 'accepted' | 'refused' | 'unreachable';
}

const AUTHENTICATION_FAILED = 18;

/** Real hosts over the official driver; one small pool a host, kept for as long as its admin login stays the same. */
export function mongoServers(): MongoServers {
  const clients = new Map<string, { key: string; client: MongoClient }>();
  const replaced = new Set<MongoClient>();
  const visitors = new Map<string, MongoClient>();
  /** The members that a client has found, by address. */
  const members = new WeakMap<MongoClient, string[]>();
  const dbs = new WeakMap<MongoClient, Map<string, Db>>();

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
    client.on('topologyDescriptionChanged', ({ newDescription: { servers } }) => {
      const holding = [...servers.values()].filter(({ type }) => holdsUsers.has(type));
      if (holding.length > 0)
        members.set(
          client,
          holding.map(({ address }) => address),
        );
    });
    clients.set(name, { key, client });
    if (kept) replace(kept.client);
    return client;
  }

  /** Not logged in: from here others are tried to log in. */
  function visitorAt(address: string): MongoClient {
    const visitor = visitors.get(address) ?? new MongoClient(address, { ...visiting, maxPoolSize: 8 });
    visitors.set(address, visitor);
    return visitor;
  }

  /** The driver's own `db` puts a new one together each time, from all options of the client. */
  function dbOf(client: MongoClient, name: string): Db {
    const known = dbs.get(client) ?? new Map<string, Db>();
    const db = known.get(name) ?? client.db(name);
    dbs.set(client, known.set(name, db));
    return db;
  }

  /** Commands that are under way on the old login may finish first. */
  function replace(client: MongoClient): void {
    replaced.add(client);
    setTimeout(() => replaced.delete(client) && void client.close(), 10_000).unref();
  }

  return {
    async command(host, db, command) {
      try {
        return await dbOf(clientOf(host), db).command(command);
      } catch (error) {
        throw reachable(host, error);
      }
    },
    async tryLogin(host, login) {
      const known = members.get(clientOf(host)) ?? [];
      return Promise.all(
        known.map(async (member) => {
          const address = memberAddress(host.secret, member);
          return { member, answer: await tryLoginAt(visitorAt(address), address, login) };
        }),
      );
    },
    async close() {
      const open = [...replaced, ...visitors.values(), ...[...clients.values()].map(({ client }) => client)];
      replaced.clear();
      visitors.clear();
      clients.clear();
      await Promise.all(open.map((client) => client.close()));
    },
  };
}

/** Types of servers that check logins by themselves. */
const holdsUsers: ReadonlySet<string> = new Set(['Standalone', 'RSPrimary', 'RSSecondary', 'Mongos', 'LoadBalancer']);

/** A name that a server does not know is refused at the first step of a login, before any password counts. */
async function tryLoginAt(
  visitor: MongoClient,
  address: string,
  { user, db, password }: { user: string; db: string; password: string },
): Promise<LoginTrial['answer']> {
  const first = await answerOf(visitor.db(db).command(loginStart(user)));
  if (first !== 'accepted') return first;
  const auth = { auth: { username: user, password }, authSource: db };
  const client = new MongoClient(address, { ...visiting, ...auth });
  const whole = await answerOf(client.connect());
  await client.close();
  return whole;
}

const visiting = {
  serverSelectionTimeoutMS: 3000,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 3000,
  appName: 'mongogrant',
};

/** What a client sends first to log in with SCRAM. Names of users who were adopted may hold the signs that it uses itself. */
const loginStart = (user: string): Message => ({
  saslStart: 1,
  mechanism: 'SCRAM-SHA-256',
  payload: new Binary(Buffer.from(`n,,n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${newId()}`)),
  options: { skipEmptyExchange: true },
});

const answerOf = (attempt: Promise<unknown>): Promise<LoginTrial['answer']> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) =>
      error instanceof MongoServerError && error.code === AUTHENTICATION_FAILED ? 'refused' : 'unreachable',
  );

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
    isPoolCleared(error) ||
    error.hasErrorLabel('HandshakeError');
  return new HostUnreachable(host.name, !neverSent, cause);
}

/** The server's own code for what it refused (13 for a privilege that is missing); none for any other fault. */
export function serverCode(fault: unknown): number | undefined {
  const cause = fault instanceof HostRefused || fault instanceof HostUnreachable ? fault.cause : undefined;
  return cause instanceof MongoServerError && typeof cause.code === 'number' ? cause.code : undefined;
}

/** Why mongogrant's own login does not get through to a host. */
export interface LoginFault {
  reason: 'bad_secret' | 'login_refused' | 'unreachable';
  /** The system's word for it where there is one, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  code?: string | undefined;
}

/** Reads a fault of a command; none for one that says nothing about the login. */
export function loginFault(fault: unknown): LoginFault | undefined {
  if (!(fault instanceof HostRefused || fault instanceof HostUnreachable)) return undefined;
  const { cause } = fault;
  if (
    cause instanceof MongoServerError &&
    (cause.code === AUTHENTICATION_FAILED || cause.hasErrorLabel('HandshakeError'))
  )
    return { reason: 'login_refused' };
  if (fault instanceof HostRefused) return undefined;
  const code = systemCode(cause);
  const badAddress = [MongoParseError, MongoInvalidArgumentError, MongoMissingCredentialsError].some(
    (kind) => cause instanceof kind,
  );
  return badAddress || code === 'ERR_INVALID_URL' ? { reason: 'bad_secret' } : { reason: 'unreachable', code };
}

/** Whether a command was not sent since the login was refused: its own, or the one of another command that shares its pool. */
export function isLoginRefused(fault: unknown): boolean {
  if (!(fault instanceof HostUnreachable)) return false;
  const { cause } = fault;
  const reason = cause instanceof Error && isPoolCleared(cause) ? cause.cause : cause;
  return reason instanceof MongoServerError && reason.code === AUTHENTICATION_FAILED;
}

/** A pool is emptied when one of its logins fails; whoever waits for a connection is told why. */
const isPoolCleared = (error: unknown): boolean => error instanceof Error && error.name === 'MongoPoolClearedError';

/** The driver wraps what the system says in errors of its own. */
function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? systemCode(error.cause) : undefined;
}

/** One login on its own, closed afterwards: with a secret that is not, or not yet, the one of the host. */
export async function withLogin<T>(
  host: Host,
  use: (command: (db: string, command: Message) => Promise<Message>) => Promise<T>,
): Promise<T> {
  const servers = mongoServers();
  try {
    return await use((db, command) => servers.command(host, db, command));
  } finally {
    await servers.close();
  }
}
