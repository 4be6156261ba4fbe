import { setTimeout as pause } from 'node:timers/promises';
import { MongoServerError, Timestamp } from 'mongodb';
import * as v from 'valibot';
import { together } from '../async/together';
import { newId } from '../tokens/tokens';
import { type Host, type Login, type MongoServers, timeLeft } from './mongo-servers';

/**
 * What one member says of a name. `gone`: unknown there, though it knows our own login and has replicated far enough. `known`: known there.
 * `behind`: unknown, but it has not replicated far enough. `silent`: it can't be asked, or does not know our own login. `untold`: this
 * server never tells whom it knows.
 */
export interface MemberSays {
  member: string;
  says: 'gone' | 'known' | 'behind' | 'silent' | 'untold';
  /** The mechanisms of our own login there, and so of anybody whose password is stored for them. */
  mechanisms: Login['mechanism'][];
  /** It is a router, or a server behind a load balancer. There may be others with their own caches, which no answer names. */
  router?: true;
}

interface Name {
  user: string;
  db: string;
}

const mechanism = v.picklist(['SCRAM-SHA-1', 'SCRAM-SHA-256']);
const names = v.optional(v.array(v.string()), []);
const helloReply = v.object({
  me: v.optional(v.string()),
  hosts: names,
  passives: names,
  setName: v.optional(v.string()),
  msg: v.optional(v.string()),
  serviceId: v.optional(v.unknown()),
  saslSupportedMechs: v.optional(v.array(v.string())),
  lastWrite: v.optional(v.object({ opTime: v.object({ ts: v.instance(Timestamp) }) })),
});
type Hello = v.InferOutput<typeof helloReply>;

/** The answers of one member about the name and about our own login. */
interface Answer {
  about: Hello;
  control: Hello;
}

/** Milliseconds: how long a lagging member is asked again, and how long nobody waits for one that was slow. */
const patienceMs = 2000;
const pauseMs = 50;
const slowForMs = 10_000;

/** Asks the members of a host, without a login. */
export interface MongoMembers {
  /**
   * Whether each member knows a name. `since`: when the primary did not know it, by the clock of the set; none for a server without a set.
   */
  askMembers(host: Host, name: Name, since: Timestamp | undefined): Promise<MemberSays[]>;
  /** The members that can say nothing now: silent, or behind `since`, which is about a second ago. */
  absentMembers(host: Host, since: Timestamp | undefined): Promise<string[]>;
}

type Servers = Pick<MongoServers, 'latest' | 'members' | 'visit'>;

export function mongoMembers(servers: Servers): MongoMembers {
  /** The last state of members for which nobody waits now. */
  const slow = new Map<string, { was: 'silent' | 'lagging'; until: number }>();

  async function answerOf(host: Host, member: string, name: Name): Promise<Answer | undefined> {
    const own = ownName(servers.latest(host));
    try {
      const [about, control] = await together([name, own].map((one) => sayHello(servers, host, member, one)));
      return about && control && { about, control };
    } catch {
      return undefined;
    }
  }

  /** Asks one member again until it has caught up, or until our patience ends. */
  async function ask(
    host: Host,
    member: string,
    name: Name,
    since: Timestamp | undefined,
  ): Promise<Answer | undefined> {
    const key = keyOf(host, member);
    const noted = slow.get(key);
    const seen = noted && noted.until > Date.now() ? noted.was : undefined;
    if (seen === 'silent') return undefined;
    const until = seen === 'lagging' ? 0 : Date.now() + timeLeft(host, 2 * patienceMs) / 2;
    const note = (was: 'silent' | 'lagging') => slow.set(key, { was, until: Date.now() + slowForMs });
    for (;;) {
      const answer = await answerOf(host, member, name);
      if (!answer) note('silent');
      const settled = !answer || (answer.about.saslSupportedMechs === undefined && !isBehind(answer.about, since));
      if (settled) return answer;
      if (Date.now() + pauseMs >= until) {
        note('lagging');
        return answer;
      }
      await pause(pauseMs);
    }
  }

  /** Asks all members: those that the driver found, and those that only members name. Keys are their own names. */
  async function askAll(
    host: Host,
    name: Name,
    since: Timestamp | undefined,
  ): Promise<Map<string, Answer | undefined>> {
    const answers = new Map<string, Answer | undefined>();
    const asked = new Set<string>();
    for (let next = servers.members(host).map(lower); next.length > 0; ) {
      for (const member of next) asked.add(member);
      const round = await together(next.map(async (member) => [member, await ask(host, member, name, since)] as const));
      for (const [member, answer] of round) answers.set(lower(answer?.about.me ?? member), answer);
      const named = round.flatMap(([, answer]) => (answer ? [...answer.about.hosts, ...answer.about.passives] : []));
      next = [...new Set(named.map(lower))].filter((member) => !asked.has(member) && !answers.has(member));
    }
    return answers;
  }

  async function askMembers(host: Host, name: Name, since: Timestamp | undefined): Promise<MemberSays[]> {
    const answers = await askAll(host, name, since);
    const told = [...answers.values()].some((answer) => answer?.control.saslSupportedMechs);
    return [...answers].map(([member, answer]) => judge(member, answer, since, told));
  }

  async function absentMembers(host: Host, since: Timestamp | undefined): Promise<string[]> {
    for (const key of slow.keys()) if (key.startsWith(keyOf(host, ''))) slow.delete(key);
    // Nobody has this name, so a healthy member answers at once.
    const says = await askMembers(host, { user: newId(), db: 'admin' }, since);
    return says.flatMap(({ member, says }) => (says === 'gone' || says === 'untold' ? [] : [member]));
  }

  return { askMembers, absentMembers };
}

const keyOf = (host: Host, member: string): string => `${host.name} ${member}`;
const lower = (name: string): string => name.toLowerCase();
const ownName = ({ secret }: Host): Name => ({ user: secret.username, db: secret.authSource });

/** Servers from 2020 or earlier only know the command's older name. */
async function sayHello(servers: Servers, host: Host, member: string, { user, db }: Name): Promise<Hello> {
  const about = { saslSupportedMechs: `${db}.${user}` };
  const reply = await servers.visit(host, member, 'admin', { hello: 1, ...about }).catch((error: unknown) => {
    if (!(error instanceof MongoServerError) || error.code !== COMMAND_NOT_FOUND) throw error;
    return servers.visit(host, member, 'admin', { isMaster: 1, ...about });
  });
  return v.parse(helloReply, reply);
}

const COMMAND_NOT_FOUND = 59;

function judge(member: string, answer: Answer | undefined, since: Timestamp | undefined, told: boolean): MemberSays {
  const mechanisms = (answer?.control.saslSupportedMechs ?? []).filter((one) => v.is(mechanism, one));
  const isRouter = answer?.about.msg === 'isdbgrid' || answer?.about.serviceId !== undefined;
  const says = (what: MemberSays['says']): MemberSays => ({
    ...{ member, says: what, mechanisms },
    ...(isRouter && { router: true }),
  });
  if (!answer) return says('silent');
  if (answer.about.saslSupportedMechs) return says('known');
  if (!answer.control.saslSupportedMechs && told) return says('silent');
  if (isBehind(answer.about, since)) return says('behind');
  return says(answer.control.saslSupportedMechs ? 'gone' : 'untold');
}

/** Only members of a set report their progress. A member that omits it may have been stopped before it saw the change, and then go on. */
function isBehind({ setName, lastWrite }: Hello, since: Timestamp | undefined): boolean {
  if (setName === undefined) return false;
  return !since || !lastWrite || lastWrite.opTime.ts.lessThan(since);
}
