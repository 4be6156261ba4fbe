import { Binary, Timestamp } from 'mongodb';
import * as v from 'valibot';
import type { Deployment } from '../contract/deployment';
import { HostRefused } from '../contract/errors';
import { sha256 } from '../tokens/tokens';
import { lookWithOwn, type MongoDeployments, mongoDeployments } from './mongo-deployments';
import { serverCode } from './mongo-faults';
import { type MemberSays, mongoMembers } from './mongo-members';
import { durably, type Host, type Login, type LoginAnswer, type Message, mongoServers } from './mongo-servers';

export type { Host };

export interface UserName {
  user: string;
  db: string;
}

/** The tag in a user's `customData` that marks it as ours. */
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
  /** The number of this change, or of the last change before a repair. It is stored beside the tag and read with it. */
  change?: number | undefined;
  /** Where the login may come from; `[]` lifts the restriction. */
  cidrs?: string[];
}

/**
 * Who has a user. `tagged`: a grant, by its id. `foreign`: it has no tag of ours. `missing`: there is none. `change`: the number of the last
 * change that arrived, 0 before the first. `on`: the deployment, from the same answer.
 */
export type Owner =
  | { state: 'tagged'; grant: string; change?: number; mechanisms?: Login['mechanism'][]; on?: Deployment }
  | { state: 'foreign' }
  | { state: 'missing' };

/** An address from which no connection comes. */
const nowhere = '0.0.0.0/32';

/** Users on MongoDB hosts. Each function is one command (a lock up to four). It returns expected answers, and throws all others. */
export interface MongoUsers extends MongoDeployments {
  /** Asks whether the host answers now. `absent`: its members that are silent or lag. */
  probe(host: Host): Promise<{ absent: string[] }>;
  create(host: Host, user: NewUser): Promise<'created' | 'exists'>;
  update(host: Host, name: UserName, change: UserChange): Promise<'updated' | 'missing'>;
  owner(host: Host, name: UserName): Promise<Owner>;
  /**
   * Gives the user a secret password, and bars every address. `left`: what the server or our login there does not offer. `mechanisms`: those
   * that the user still has, if known.
   */
  lock(
    host: Host,
    name: UserName,
    password: string,
  ): Promise<{ left: ('password' | 'addresses')[]; mechanisms?: Login['mechanism'][] } | 'missing'>;
  /** Who still knows the name: the server that takes writes (`there`) and, if it does not, each member. */
  whoKnows(host: Host, name: UserName): Promise<{ there: boolean; members: MemberSays[] }>;
  /** Tries a login at one member. */
  tryLogin(host: Host, member: string, login: Login): Promise<LoginAnswer>;
  revokeRoles(
    host: Host,
    name: UserName,
    roles: { role: string; db: string }[],
  ): Promise<'revoked' | 'missing' | 'not_offered'>;
  killSessions(host: Host, name: UserName): Promise<'killed' | 'missing' | 'not_offered'>;
  /** The same for a name that no user has any more. */
  killSessionsLeft(host: Host, name: UserName): Promise<'killed' | 'not_offered'>;
  drop(host: Host, name: UserName): Promise<'dropped' | 'missing'>;
}

const USER_NOT_FOUND = 11;
const USER_EXISTS = 51003;

/**
 * What a server, or our login there, may not offer: Unauthorized, CommandNotFound, CommandNotSupported, NotImplemented, and Atlas's answer
 * to commands that it keeps to itself.
 */
const notOfferedCodes = [13, 59, 115, 238, 8000];
const notOffered: Record<number, 'not_offered' | 'missing'> = {
  ...Object.fromEntries(notOfferedCodes.map((code) => [code, 'not_offered' as const])),
  [USER_NOT_FOUND]: 'missing',
};

const mechanisms = v.array(v.picklist(['SCRAM-SHA-1', 'SCRAM-SHA-256']));
const withMechanisms = v.object({ mechanisms });
const timed = v.object({ operationTime: v.instance(Timestamp) });
const tagged = v.object({
  customData: v.object({
    mongogrant: v.object({ grant: v.string() }),
    mongograntChange: v.fallback(v.optional(v.number(), 0), 0),
  }),
});

/** Users on real hosts. `close` closes the connections. */
export function mongoUsers(servers = mongoServers()): MongoUsers & { close(): Promise<void> } {
  const { askMembers, absentMembers } = mongoMembers(servers);

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

  async function owner(host: Host, name: UserName): Promise<Owner> {
    const { shown: found, on } = await lookWithOwn(servers, host, name);
    if (found === undefined) return { state: 'missing' };
    const mark = v.safeParse(tagged, found);
    if (!mark.success) return { state: 'foreign' };
    const { mongogrant, mongograntChange } = mark.output.customData;
    return {
      state: 'tagged',
      grant: mongogrant.grant,
      change: mongograntChange,
      ...(v.is(withMechanisms, found) && { mechanisms: found.mechanisms }),
      ...(on && { on }),
    };
  }

  async function update(host: Host, { user, db }: UserName, { password, tag, change: number, cidrs }: UserChange) {
    const change = {
      ...(password && { pwd: password }),
      ...(tag && { customData: { mongogrant: tag, ...(number && { mongograntChange: number }) } }),
      ...(cidrs && restricted(cidrs)),
    };
    const command = { updateUser: user, ...change, ...durably(host) };
    return (await run(host, db, command, { [USER_NOT_FOUND]: 'missing' as const })) ?? 'updated';
  }

  return {
    ...mongoDeployments(servers),
    async probe(host) {
      const reply = await servers.command(host, 'admin', { ping: 1 });
      return { absent: await absentMembers(host, timeOf(reply)) };
    },
    async create(host, { user, db, password, roles, tag, cidrs }) {
      const command = {
        createUser: user,
        pwd: password,
        roles,
        customData: { mongogrant: tag },
        ...(cidrs.length > 0 && restricted(cidrs)),
        ...durably(host),
      };
      if ((await run(host, db, command, { [USER_EXISTS]: 'exists' as const })) === undefined) return 'created';
      // An election may keep a write that was not confirmed. Then the repeated command finds its own user.
      const whose = await owner(host, { user, db });
      if (whose.state !== 'tagged' || whose.grant !== tag.grant) return 'exists';
      return (await update(host, { user, db }, { password, tag })) === 'updated' ? 'created' : 'exists';
    },
    update,
    owner,
    async lock(host, { user, db }, password) {
      // One mechanism is less work for the server, and removes what is stored for the other.
      const oneMechanism = ['SCRAM-SHA-256' as const];
      const attempts = [
        { change: { pwd: password, mechanisms: oneMechanism, ...restricted([nowhere]) }, left: [] },
        { change: { pwd: password, ...restricted([nowhere]) }, left: [] },
        { change: { pwd: password }, left: ['addresses' as const] },
        { change: restricted([nowhere]), left: ['password' as const] },
      ];
      for (const { change, left } of attempts) {
        try {
          // It need not wait for the majority: the drop does, and it confirms all earlier writes.
          await servers.command(host, db, { updateUser: user, ...change, writeConcern: { w: 1 } });
          return { left, ...('mechanisms' in change && { mechanisms: oneMechanism }) };
        } catch (fault) {
          if (!(fault instanceof HostRefused)) throw fault;
          if (serverCode(fault) === USER_NOT_FOUND) return 'missing';
        }
      }
      return { left: ['password', 'addresses'] };
    },
    async whoKnows(host, name) {
      const { user, db } = name;
      const reply = await servers.command(host, db, { usersInfo: { user, db } });
      if (v.parse(v.array(v.unknown()), reply.users).length > 0) return { there: true, members: [] };
      return { there: false, members: await askMembers(host, name, timeOf(reply)) };
    },
    tryLogin: (host, member, login) => servers.tryLogin(host, member, login),
    async revokeRoles(host, { user, db }, revoked) {
      const command = { revokeRolesFromUser: user, roles: revoked, ...durably(host) };
      return (await run(host, db, command, notOffered)) ?? 'revoked';
    },
    async killSessions(host, { user, db }) {
      return (await run(host, 'admin', { killAllSessions: [{ user, db }] }, notOffered)) ?? 'killed';
    },
    async killSessionsLeft(host, { user, db }) {
      const uid = new Binary(Buffer.from(sha256(`${user}@${db}`), 'hex'));
      const answer = await run(host, 'admin', { killAllSessionsByPattern: [{ uid }] }, notOffered);
      return answer === undefined ? 'killed' : 'not_offered';
    },
    async drop(host, { user, db }) {
      const command = { dropUser: user, ...durably(host) };
      return (await run(host, db, command, { [USER_NOT_FOUND]: 'missing' as const })) ?? 'dropped';
    },
    close: () => servers.close(),
  };
}

/** When a server answered, by the clock of its set; none without a set. */
const timeOf = (reply: Message): Timestamp | undefined => (v.is(timed, reply) ? reply.operationTime : undefined);

/** This field takes a privilege of its own, even when it is empty, so it is only sent if it changes something. */
const restricted = (cidrs: string[]) => ({
  authenticationRestrictions: cidrs.length > 0 ? [{ clientSource: cidrs }] : [],
});
