import { setTimeout as pause } from 'node:timers/promises';
import { Binary, MongoClient } from 'mongodb';
import { onceForEach } from '../async/once-for-each';
import { together } from '../async/together';
import type { HostSecret } from '../aws/secrets';
import { type HostRefused, HostUnreachable } from '../contract/errors';
import { newId } from '../tokens/tokens';
import { tlsOptionsOf } from './host-ca';
import { hostOptions, membersIn, mongoClients, visitOptions } from './mongo-clients';
import { hostFault, isJournalMissing, isLoginRefused, maySendAgain } from './mongo-faults';
import { adminUri, memberAddress, serversOf } from './mongo-uri';

export interface Host {
  name: string;
  secret: HostSecret;
  /** Milliseconds since 1970, when nobody waits for the answer any more. */
  deadline?: number | undefined;
}

/** A command or a reply. The first field of a command is its name. */
export type Message = Record<string, unknown>;

/** Somebody else's login, to be tried with this mechanism. */
export interface Login {
  user: string;
  db: string;
  password: string;
  mechanism: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
}

export type LoginAnswer = 'accepted' | 'refused' | 'unreachable';

/** The MongoDB servers of the hosts, each with the admin login of its secret. */
export interface MongoServers {
  /**
   * Runs one command. Repeats it while there is time, if the server says that it can't now and a repetition is safe. Throws `HostRefused` if the
   * server refuses, and `HostUnreachable` if it can't be asked; see mongo-faults.ts.
   */
  command(host: Host, db: string, command: Message): Promise<Message>;
  /** The host with the secret that is in use, if that is newer than the caller's. */
  latest(host: Host): Host;
  /** The addresses of the members that hold users, as far as earlier commands found them. */
  members(host: Host): string[];
  /** Asks one member without a login. Throws what the driver throws. */
  visit(host: Host, member: string, db: string, command: Message): Promise<Message>;
  /** Tries somebody else's login at one member. */
  tryLogin(host: Host, member: string, login: Login): Promise<LoginAnswer>;
  close(): Promise<void>;
}

/** Milliseconds for one command if nobody waits, or if somebody waits for long. */
const commandMs = 8000;
const visitMs = 3000;

/** Milliseconds of the first pause. Each later one is twice as long. */
const firstPauseMs = 100;
const longestPauseMs = 1000;

const shortestMs = 200;

/** Milliseconds after which a host without an answer counts as silent. A slow one connects and answers within this time. */
const fairMs = 5000;

/** Milliseconds left for the caller, but never too few to ask anything. */
export const timeLeft = ({ deadline }: Host, most: number): number =>
  Math.max(shortestMs, Math.min(most, (deadline ?? Number.POSITIVE_INFINITY) - Date.now()));

/**
 * A write is done when neither an election nor a crash of the only server can lose it. It waits for at most a third of the time left, so
 * that later writes get their turn if the majority is lost.
 */
export const durably = (host: Host) => ({
  writeConcern: { w: 'majority', j: true, wtimeout: Math.min(5000, Math.floor(timeLeft(host, 15_000) / 3)) },
});

/** A command that had little time left, because others used it up, can't tell that the host is silent. */
const fairly = (fault: HostRefused | HostUnreachable, given: number, giveUp: number) =>
  fault instanceof HostUnreachable && fault.why === 'silent' && given < fairMs && Date.now() + firstPauseMs >= giveUp
    ? new HostUnreachable(fault.host, fault.sent, { why: 'time_up', cause: fault.cause })
    : fault;

/** Servers without a journal refuse to wait for it. None if the command does not ask for it. */
function withoutJournal({ writeConcern, ...command }: Message): Message | undefined {
  if (typeof writeConcern !== 'object' || writeConcern === null || !('j' in writeConcern)) return undefined;
  const { j: _, ...rest } = writeConcern;
  return { ...command, writeConcern: rest };
}

/** The driver's own limit does not apply until a client has connected. */
const within = (timeoutMS: number, opened: boolean) =>
  opened ? { timeoutMS } : { timeoutMS, signal: AbortSignal.timeout(timeoutMS + 100) };

/** These change nothing, so one that arrives late does no harm. */
const reads: ReadonlySet<string> = new Set(
  ['usersInfo', 'rolesInfo', 'hello', 'ping', 'buildInfo'].concat(['connectionStatus', 'atlasVersion', 'currentOp']),
);

/** Certificates make it long, and each command needs it. */
const textOf = onceForEach((secret: HostSecret): string => JSON.stringify(secret));

/** Real hosts, through the official driver. Each has one small pool, which lasts until its admin login changes. */
export function mongoServers(): MongoServers {
  const clients = mongoClients();
  const visitors = mongoClients();
  /** The members that a client found, by its first addresses. */
  const found = new Map<string, string[]>();

  function open({ secret }: Host): MongoClient {
    const client = new MongoClient(adminUri(secret), { ...hostOptions, ...tlsOptionsOf(secret) });
    client.on('topologyDescriptionChanged', ({ newDescription }) => {
      const members = membersIn(newDescription);
      if (members.length > 0) found.set(serversOf(secret), members);
    });
    return client;
  }

  function visit(host: Host, member: string, db: string, command: Message): Promise<Message> {
    const { name, secret } = host;
    return visitors.use(
      `${name} ${member}`,
      textOf(secret),
      () => new MongoClient(memberAddress(secret, member), { ...visitOptions, ...tlsOptionsOf(secret) }),
      db,
      (at, opened) => at.command({ ...command }, within(timeLeft(host, visitMs), opened)),
    );
  }

  const once = (host: Host, db: string, command: Message, ms: number): Promise<Message> =>
    clients.use(
      host.name,
      textOf(host.secret),
      () => open(host),
      db,
      (at, opened) => at.command({ ...command }, within(ms, opened)),
    );

  return {
    async command(host, db, command) {
      if ((host.deadline ?? Number.POSITIVE_INFINITY) <= Date.now())
        throw new HostUnreachable(host.name, false, {
          why: 'time_up',
          cause: new Error('There was no time left to ask'),
        });
      const [verb = ''] = Object.keys(command);
      const isRead = reads.has(verb);
      const given = timeLeft(host, commandMs);
      const giveUp = Date.now() + given;
      let asked = command;
      for (let wait = firstPauseMs; ; wait = Math.min(longestPauseMs, wait * 2)) {
        try {
          return await once(host, db, asked, Math.max(shortestMs, giveUp - Date.now()));
        } catch (error) {
          const unjournaled = isJournalMissing(error) && withoutJournal(asked);
          if (unjournaled) asked = unjournaled;
          else if (!maySendAgain(error, isRead) || Date.now() + wait >= giveUp)
            throw fairly(hostFault(host.name, error, verb), given, giveUp);
        }
        await pause(wait);
      }
    },
    latest: (host) => host,
    members: ({ secret }) => found.get(serversOf(secret)) ?? [],
    visit,
    async tryLogin(host, member, login) {
      const first = await awaitOutcome(visit(host, member, login.db, loginStart(login)));
      if (first !== 'accepted') return first;
      const { user, db, password, mechanism } = login;
      const auth = { auth: { username: user, password }, authSource: db, authMechanism: mechanism };
      const limit = { serverSelectionTimeoutMS: timeLeft(host, visitMs) };
      const options = { ...visitOptions, ...tlsOptionsOf(host.secret), ...auth, ...limit };
      const client = new MongoClient(memberAddress(host.secret, member), options);
      const whole = await awaitOutcome(client.connect());
      await client.close();
      return whole;
    },
    async close() {
      await together([clients.close(), visitors.close()]);
    },
  };
}

/**
 * The first message of a login. A server refuses an unknown name here, before any password matters. Names of adopted users may hold SCRAM's
 * own special signs.
 */
const loginStart = ({ user, mechanism }: Login): Message => ({
  saslStart: 1,
  mechanism,
  payload: new Binary(Buffer.from(`n,,n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${newId()}`)),
  options: { skipEmptyExchange: true },
});

const awaitOutcome = (attempt: Promise<unknown>): Promise<LoginAnswer> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => (isLoginRefused(hostFault('', error)) ? 'refused' : 'unreachable'),
  );

/** One login in its own connection, closed afterwards. Its secret may not be, or not yet be, that of the host. */
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
