import * as v from 'valibot';
import { type Host, type LoginTrial, type Message, mongoServers, serverCode } from './mongo-servers';

export type { Host };

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

/** No connection comes from here. */
const nowhere = '0.0.0.0/32';

/** Users on MongoDB hosts: each function is one command (a lock up to four, a login none). What a server may well answer is a value, all else is thrown. */
export interface MongoUsers {
  create(host: Host, user: NewUser): Promise<'created' | 'exists'>;
  update(host: Host, name: UserName, change: UserChange): Promise<'updated' | 'missing'>;
  /** Whose user it is: the id of its grant, `foreign` without our tag; none where there is no such user. */
  owner(host: Host, name: UserName): Promise<{ grant: string } | 'foreign' | undefined>;
  /**
   * Gives the user a password that nobody else knows, and bars every address. `left`: what the server, or our login there, does not
   * offer of it.
   */
  lock(host: Host, name: UserName, password: string): Promise<{ left: ('password' | 'addresses')[] } | 'missing'>;
  /** Tries a login at every member of the host that can be reached. */
  tryLogin(host: Host, login: UserName & { password: string }): Promise<LoginTrial[]>;
  revokeRoles(
    host: Host,
    name: UserName,
    roles: { role: string; db: string }[],
  ): Promise<'revoked' | 'missing' | 'not_offered'>;
  killSessions(host: Host, name: UserName): Promise<'killed' | 'missing' | 'not_offered'>;
  drop(host: Host, name: UserName): Promise<'dropped' | 'missing'>;
}

const BAD_VALUE = 2;
const FAILED_TO_PARSE = 9;
const USER_NOT_FOUND = 11;
const UNAUTHORIZED = 13;
const COMMAND_NOT_FOUND = 59;
const ATLAS_ERROR = 8000;
const UNKNOWN_FIELD = 40415;
const USER_EXISTS = 51003;

const majority = { writeConcern: { w: 'majority', wtimeout: 5000 } };
const tagged = v.object({ customData: v.object({ mongogrant: v.object({ grant: v.string() }) }) });

/** Users on real hosts. Closing it closes the connections to them. */
export function mongoUsers(servers = mongoServers()): MongoUsers & { close(): Promise<void> } {
  async function run<T>(host: Host, db: string, command: Message, answers: Record<number, T>): Promise<T | undefined> {
    try {
      await servers.command(host, db, command);
      return undefined;
    } catch (error) {
      const code = serverCode(error);
      if (code !== undefined && code in answers) return answers[code];
      throw error;
    }
  }

  const notOffered = {
    [UNAUTHORIZED]: 'not_offered',
    [COMMAND_NOT_FOUND]: 'not_offered',
    [ATLAS_ERROR]: 'not_offered',
    [USER_NOT_FOUND]: 'missing',
  } as const;
  const lockRefused = {
    ...notOffered,
    [BAD_VALUE]: 'not_offered',
    [FAILED_TO_PARSE]: 'not_offered',
    [UNKNOWN_FIELD]: 'not_offered',
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
      const { users } = await servers.command(host, db, { usersInfo: { user, db } });
      const [found] = v.parse(v.array(v.unknown()), users);
      if (found === undefined) return undefined;
      return v.is(tagged, found) ? { grant: found.customData.mongogrant.grant } : 'foreign';
    },
    async lock(host, { user, db }, password) {
      // One mechanism is less work for the server, and takes what was stored for the other.
      const oneMechanism = { mechanisms: ['SCRAM-SHA-256'] };
      const attempts = [
        { change: { pwd: password, ...oneMechanism, ...restricted([nowhere]) }, left: [] },
        { change: { pwd: password, ...restricted([nowhere]) }, left: [] },
        { change: { pwd: password }, left: ['addresses' as const] },
        { change: restricted([nowhere]), left: ['password' as const] },
      ];
      for (const { change, left } of attempts) {
        const answer = await run(host, db, { updateUser: user, ...change, ...majority }, lockRefused);
        if (answer === undefined) return { left };
        if (answer === 'missing') return 'missing';
      }
      return { left: ['password', 'addresses'] };
    },
    tryLogin: (host, login) => servers.tryLogin(host, login),
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
    close: () => servers.close(),
  };
}

/** A field that takes a privilege of its own, even when it is empty: sent only where it says something new. */
const restricted = (cidrs: string[]) => ({
  authenticationRestrictions: cidrs.length > 0 ? [{ clientSource: cidrs }] : [],
});
