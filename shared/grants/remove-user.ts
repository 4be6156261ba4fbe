import { together } from '../async/together';
import { faultOf } from '../aws/fault-of';
import type { Log } from '../aws/log';
import type { Deployment } from '../contract/deployment';
import { HostUnreachable } from '../contract/errors';
import type { MemberSays } from '../mongo/mongo-members';
import type { Login } from '../mongo/mongo-servers';
import type { Host, MongoUsers, UserName } from '../mongo/mongo-users';
import type { Proof } from '../store/grants/row';
import { newPassword } from '../tokens/tokens';

export interface RemoveDeps {
  users: MongoUsers;
  log: Log;
}

/** A MongoDB user that is to go, if it still carries the tag of this grant. */
export interface Doomed extends UserName {
  grant: string;
  roles: { role: string; db: string }[];
}

/**
 * `removed`: what was proved, and whether a command to which no answer came may still arrive and meet the next user of that name.
 * `missing`: nobody has the name. `taken`: the user of another grant has it. `foreign`: a user without our tag has it, and is left alone.
 * `known`: dropped, but a member still knows the name, or takes the login.
 */
export type Removal = Proved | { state: 'missing' | 'taken' | 'foreign' };

export type Proved =
  | { state: 'removed'; proof: Proof; late: boolean }
  | { state: 'known'; reason: 'still_known' | 'still_accepted' };

/** What a removal has found out on its way. */
interface Steps {
  /** What was not done: the server, or our login there, does not offer it, or it failed. */
  leftOut: string[];
  late: boolean;
}

/** How a user is removed. */
interface Removing {
  doomed: Doomed;
  /** Whole seconds. */
  at: number;
  /**
   * What to do where a command got no answer and may still arrive: `drop` for who keeps others from the name until then, `stop` for
   * who can't.
   */
  ifLate: 'drop' | 'stop';
  /** Called when the user was seen, and over before anything is done to it that can't be taken back. */
  onSight?: (on: Deployment | undefined) => Promise<unknown>;
}

/**
 * Locked first, so that nothing new starts; then what runs; then the user, whatever became of the steps before. Whoever calls it has made
 * sure that nobody else drops the same user meanwhile: the name could be another grant's by then.
 */
export async function lockAndDrop(deps: RemoveDeps, host: Host, removing: Removing): Promise<Removal> {
  const { users } = deps;
  const { doomed, at, onSight = async () => {} } = removing;
  const { grant, roles, ...name } = doomed;
  const owner = await users.owner(host, name);
  // A user without a tag may be ours no longer, or never was; one of another grant took the name after ours was gone.
  if (owner.state !== 'tagged') return owner;
  if (owner.grant !== grant) return { state: 'taken' };
  const steps: Steps = { leftOut: [], late: false };
  const attempt = attempter(deps, removing, steps);
  const password = newPassword();
  const locking = attempt('lock', () => users.lock(host, name, password));
  const [locked, noted] = await Promise.allSettled([locking, onSight(owner.on)]);
  if (locked.status === 'rejected') throw locked.reason;
  if (noted.status === 'rejected') throw noted.reason;
  const lock = locked.value === 'missing' || locked.value === 'failed' ? undefined : locked.value;
  steps.leftOut.push(...(lock?.left ?? []));
  if (roles.length > 0) await attempt('roles', () => users.revokeRoles(host, name, roles));
  const killed = await attempt('sessions', () => users.killSessions(host, name));
  await users.drop(host, name);
  // Sessions go by the name: what was not, or not surely, ended before the drop can be ended after it.
  if (killed !== 'killed' || !lock || lock.left.length > 0)
    await attempt('sessions_left', () => users.killSessionsLeft(host, name));
  const known = lock && !lock.left.includes('password');
  const trial = known ? { password, mechanisms: lock.mechanisms ?? owner.mechanisms } : undefined;
  return prove(users, host, { name, at, steps, trial });
}

/** Takes a step, and notes what became of it. */
const attempter =
  ({ log }: RemoveDeps, { doomed: { grant }, ifLate }: Removing, steps: Steps) =>
  async <T>(step: string, run: () => Promise<T>): Promise<T | 'failed'> => {
    try {
      const result = await run();
      if (result === 'not_offered') steps.leftOut.push(step);
      return result;
    } catch (fault) {
      log.warn('step_left_out', { step, grant, ...faultOf(fault) });
      steps.leftOut.push(step);
      steps.late ||= fault instanceof HostUnreachable && fault.sent;
      if (steps.late && ifLate === 'stop') throw fault;
      return 'failed';
    }
  };

/** Shows that nobody has a name any more that a user had of whom nothing is left on the server that takes writes. */
export async function proveGone(
  { users, log }: RemoveDeps,
  host: Host,
  { name, at }: { name: UserName; at: number },
): Promise<Proved> {
  const steps: Steps = { leftOut: ['user_was_gone'], late: false };
  await users.killSessionsLeft(host, name).catch((fault: unknown) => {
    log.warn('step_left_out', { step: 'sessions_left', ...faultOf(fault) });
    steps.leftOut.push('sessions_left');
  });
  return prove(users, host, { name, at, steps, trial: undefined });
}

/** A login that nobody had any more to lose: it was never handed out, or its name is another's by now. */
export const wasGone = (at: number): Proof => ({
  at,
  gone: true,
  unknownTo: [],
  refusedBy: [],
  notAsked: [],
  leftOut: ['user_was_gone'],
});

interface Evidence {
  name: UserName;
  at: number;
  steps: Steps;
  /** The password that was right until the drop, where somebody knows it, and the mechanisms that the user had. */
  trial: { password: string; mechanisms: MemberSays['mechanisms'] | undefined } | undefined;
}

/** Shows that the user is gone: the server knows none, each member knows none, and none takes the login that was right until the drop. */
async function prove(users: MongoUsers, host: Host, evidence: Evidence): Promise<Proved> {
  const { name, at, steps, trial } = evidence;
  const { there, members } = await users.whoKnows(host, name);
  if (there || members.some(({ says }) => says === 'known')) return { state: 'known', reason: 'still_known' };
  const trials = await together(members.map((one) => tryAt(users, one, { host, name, trial })));
  if (trials.includes('accepted')) return { state: 'known', reason: 'still_accepted' };
  const refused = members.filter((_, index) => trials[index] === 'refused');
  const gone = members.filter(({ says }) => says === 'gone');
  // Where a server tells of no name whether it knows it, the login that it refused is the only witness.
  const asked = members.filter((one) => gone.includes(one) || (one.says === 'untold' && refused.includes(one)));
  const untold = members.some(({ says }) => says === 'untold');
  const others = members.some(({ router }) => router);
  const proof: Proof = {
    at,
    gone: true,
    unknownTo: gone.map(({ member }) => member),
    refusedBy: refused.map(({ member }) => member),
    // A host of which no member is known has shown nothing.
    notAsked:
      members.length === 0 ? [host.name] : members.filter((one) => !asked.includes(one)).map(({ member }) => member),
    leftOut: [...steps.leftOut, ...(untold ? ['names'] : []), ...(others ? ['other_routers'] : [])],
  };
  return { state: 'removed', proof, late: steps.late };
}

/** Only with a mechanism that the member offers to the user: any other is refused to everybody, in the same words. */
async function tryAt(
  users: MongoUsers,
  { member, says, mechanisms: offered }: MemberSays,
  { host, name: { user, db }, trial }: Pick<Evidence, 'name' | 'trial'> & { host: Host },
): Promise<'accepted' | 'refused' | 'unreachable' | undefined> {
  if (!trial || says === 'silent') return undefined;
  const mechanism = mechanismFor(trial.mechanisms, says === 'untold' ? undefined : offered);
  return mechanism && users.tryLogin(host, member, { user, db, password: trial.password, mechanism });
}

/** `had`: those of the user, where that is known; `offered`: those of the member, where it tells. */
function mechanismFor(
  had: Login['mechanism'][] | undefined,
  offered: Login['mechanism'][] | undefined,
): Login['mechanism'] | undefined {
  // A lock that left one was taken by the server, so that one works there.
  if (had?.length === 1 && !offered) return had[0];
  // Where nothing is told, the driver logs in with SCRAM-SHA-1: our own login, too.
  const usable = offered ?? ['SCRAM-SHA-1'];
  if (!had) return usable.length === 1 ? usable[0] : undefined;
  return usable.find((one) => had.includes(one));
}
