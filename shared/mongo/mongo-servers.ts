import { setTimeout as pause } from 'node:timers/promises';
import { Binary, MongoClient } from 'mongodb';
import { together } from '../async/together';
import type { HostSecret } from '../aws/secrets';
import { type HostRefused, HostUnreachable } from '../contract/errors';
import { newId } from '../tokens/tokens';
import { tlsOptionsOf } from './host-ca';
import { hostOptions, membersIn, mongoClients, visitOptions } from './mongo-clients';
import { hostFault, isJournalMissing, isLoginRefused, maySendAgain } from './mongo-faults';
import { adminUri, memberAddress, serversOf } from './mongo-uri';

/** A registered host with its admin login. */
export interface Host {
  name: string;
  secret: HostSecret;
  /** Milliseconds since 1970: whoever waits for the answer has gone by then. */
  deadline?: number | undefined;
}

/** A command or a reply; the name of a command is its first field. */
export type Message = Record<string, unknown>;

/** A login of somebody else, tried with this mechanism. */
export interface Login {
  user: string;
  db: string;
  password: string;
  mechanism: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
}

export type LoginAnswer = 'accepted' | 'refused' | 'unreachable';

/** The MongoDB servers behind the hosts, each with the admin login of its secret. */
export interface MongoServers {
  /**
   * Runs one command; again, while there is time, where the server answered that it can't now and nothing was done or can be undone by
   * that. Throws `HostRefused` where the server says no, and `HostUnreachable` where it can't be asked: mongo-faults.ts tells more.
   */
  command(host: Host, db: string, command: Message): Promise<Message>;
  /** The host with the secret by which it is asked now, where that is a later one than the caller's. */
  latest(host: Host): Host;
  /** The addresses of the members that hold users, as far as they are known from the commands before. */
  members(host: Host): string[];
  /** Asks one member, not logged in. Throws whatever the driver does. */
  visit(host: Host, member: string, db: string, command: Message): Promise<Message>;
  /** Tries a login of somebody else at one member. */
  tryLogin(host: Host, member: string, login: Login): Promise<LoginAnswer>;
  close(): Promise<void>;
}

/** Milliseconds for one command where nobody waits, or where somebody waits for long. */
const commandMs = 8000;
const visitMs = 3000;

/** Milliseconds from the first pause on; each one is twice as long as the one before it. */
const firstPauseMs = 100;
const longestPauseMs = 1000;

const shortestMs = 200;

/** Milliseconds after which no answer means that a host is silent: a slow one connects and answers in that time. */
const fairMs = 5000;

/** Milliseconds that are left to whoever waits; never so few that nothing can be asked. */
export const timeLeft = ({ deadline }: Host, most: number): number =>
  Math.max(shortestMs, Math.min(most, (deadline ?? Number.POSITIVE_INFINITY) - Date.now()));

/**
 * A write is done once it can't be lost: by an election, or by a crash of the one server. No write waits for longer than a third of what
 * is left, so that those after it have their turn where the majority is lost.
 */
export const durably = (host: Host) => ({
  writeConcern: { w: 'majority', j: true, wtimeout: Math.min(5000, Math.floor(timeLeft(host, 15_000) / 3)) },
});

/** Whoever had little time left, as others had taken it, can't say that the host is silent. */
const fairly = (fault: HostRefused | HostUnreachable, given: number, giveUp: number) =>
  fault instanceof HostUnreachable && fault.why === 'silent' && given < fairMs && Date.now() + firstPauseMs >= giveUp
    ? new HostUnreachable(fault.host, fault.sent, { why: 'time_up', cause: fault.cause })
    : fault;

/** A server without a journal refuses to wait for it; none for a command that does not ask for it. */
function withoutJournal({ writeConcern, ...command }: Message): Message | undefined {
  if (typeof writeConcern !== 'object' || writeConcern === null || !('j' in writeConcern)) return undefined;
  const { j: _, ...rest } = writeConcern;
  return { ...command, writeConcern: rest };
}

/** The driver's own limit does not hold for a client that has yet to connect. */
const within = (timeoutMS: number, opened: boolean) =>
  opened ? { timeoutMS } : { timeoutMS, signal: AbortSignal.timeout(timeoutMS + 100) };

/** These change nothing, so that one which may still arrive does no harm. */
const reads: ReadonlySet<string> = new Set(
  ['usersInfo', 'rolesInfo', 'hello', 'ping', 'buildInfo'].concat(['connectionStatus', 'atlasVersion', 'currentOp']),
);

/** Real hosts over the official driver; one small pool a host, kept for as long as its admin login stays the same. */
export function mongoServers(): MongoServers {
  const clients = mongoClients();
  const visitors = mongoClients();
  /** The members that a client has found, by the addresses that it began with. */
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
      JSON.stringify(secret),
      () => new MongoClient(memberAddress(secret, member), { ...visitOptions, ...tlsOptionsOf(secret) }),
      db,
      (at, opened) => at.command({ ...command }, within(timeLeft(host, visitMs), opened)),
    );
  }

  const once = (host: Host, db: string, command: Message, ms: number): Promise<Message> =>
    clients.use(
      host.name,
      JSON.stringify(host.secret),
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
 * What a client sends first to log in: a name that a server does not know is refused here, before any password counts. Names of users
 * who were adopted may hold the signs that SCRAM uses itself.
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
