import { setTimeout as pause } from 'node:timers/promises';
import { Timestamp } from 'mongodb';
import * as v from 'valibot';
import { type Host, type Login, type MongoServers, timeLeft } from './mongo-servers';

/**
 * What one member says of a name. `gone`: it does not know it, though it knows our own login, and has replicated all that was asked for.
 * `known`: it does. `behind`: it does not know it, but has not replicated as far. `silent`: it can't be asked, or does not know our own
 * login. `untold`: this server tells of nobody whether it knows them.
 */
export interface MemberSays {
  member: string;
  says: 'gone' | 'known' | 'behind' | 'silent' | 'untold';
  /** How our own login may log in there, and so anybody whose password is stored for it. */
  mechanisms: Login['mechanism'][];
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
  saslSupportedMechs: v.optional(v.array(v.string())),
  lastWrite: v.optional(v.object({ opTime: v.object({ ts: v.instance(Timestamp) }) })),
});
type Hello = v.InferOutput<typeof helloReply>;

/** What one member answered about the name, and about our own login. */
interface Answer {
  about: Hello;
  control: Hello;
}

/** Milliseconds for which a member that lags is asked again, and for which one that was slow is not waited for any more. */
const patienceMs = 2000;
const pauseMs = 50;
const slowForMs = 10_000;

/** Asks the members of a host, not logged in. */
export interface MongoMembers {
  /**
   * Whether each member knows a name. `since`: when, by the clock of the set, its primary knew no such name; none for a server that is
   * no set.
   */
  askMembers(host: Host, name: Name, since: Timestamp | undefined): Promise<MemberSays[]>;
  /** The members that do not answer, or have not come as far as `since`, a moment of a second ago or so. */
  absentMembers(host: Host, since: Timestamp | undefined): Promise<string[]>;
}

export function mongoMembers(servers: Pick<MongoServers, 'members' | 'visit'>): MongoMembers {
  /** What was seen last of members that are not waited for now. */
  const slow = new Map<string, { was: 'silent' | 'lagging'; until: number }>();

  async function answerOf(host: Host, member: string, name: Name): Promise<Answer | undefined> {
    const hello = async ({ user, db }: Name) =>
      v.parse(
        helloReply,
        await servers.visit(host, member, 'admin', { hello: 1, saslSupportedMechs: `${db}.${user}` }),
      );
    const { username, authSource } = host.secret;
    try {
      const [about, control] = await Promise.all([hello(name), hello({ user: username, db: authSource })]);
      return { about, control };
    } catch {
      return undefined;
    }
  }

  /** One member, again and again until it is where the others are, or for as long as we have patience. */
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

  async function askMembers(host: Host, name: Name, since: Timestamp | undefined): Promise<MemberSays[]> {
    const answers = new Map<string, Answer | undefined>();
    for (let next = servers.members(host); next.length > 0; ) {
      const asked = await Promise.all(
        next.map(async (member) => [member, await ask(host, member, name, since)] as const),
      );
      for (const [member, answer] of asked) answers.set((answer?.about.me ?? member).toLowerCase(), answer);
      // Reached by an address of its own, or through one member alone, a set has more members than the driver has met.
      const named = asked.flatMap(([, answer]) => (answer ? [...answer.about.hosts, ...answer.about.passives] : []));
      next = [...new Set(named.map((member) => member.toLowerCase()))].filter((member) => !answers.has(member));
    }
    const told = [...answers.values()].some((answer) => answer?.control.saslSupportedMechs);
    return [...answers].map(([member, answer]) => judge(member, answer, since, told));
  }

  async function absentMembers(host: Host, since: Timestamp | undefined): Promise<string[]> {
    const isThere = async (member: string): Promise<boolean> => {
      const until = Date.now() + patienceMs;
      for (;;) {
        const reply = v.parse(helloReply, await servers.visit(host, member, 'admin', { hello: 1 }));
        if (!isBehind(reply, since)) return true;
        if (Date.now() >= until) return false;
        await pause(pauseMs);
      }
    };
    const asked = servers.members(host).map(async (member) => {
      const there = await isThere(member).catch(() => false);
      if (there) slow.delete(keyOf(host, member));
      return there ? [] : [member];
    });
    return (await Promise.all(asked)).flat();
  }

  return { askMembers, absentMembers };
}

const keyOf = (host: Host, member: string): string => `${host.name} ${member}`;

function judge(member: string, answer: Answer | undefined, since: Timestamp | undefined, told: boolean): MemberSays {
  const mechanisms = (answer?.control.saslSupportedMechs ?? []).filter((one) => v.is(mechanism, one));
  const says = (what: MemberSays['says']): MemberSays => ({ member, says: what, mechanisms });
  if (!answer) return says('silent');
  if (answer.about.saslSupportedMechs) return says('known');
  if (!answer.control.saslSupportedMechs) return says(told ? 'silent' : 'untold');
  return says(isBehind(answer.about, since) ? 'behind' : 'gone');
}

/** Only members of a set say how far they have come. A member that left the name out may have been stopped before it learned of it, and go on. */
function isBehind({ setName, lastWrite }: Hello, since: Timestamp | undefined): boolean {
  if (setName === undefined) return false;
  return !since || !lastWrite || lastWrite.opTime.ts.lessThan(since);
}
