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

/** A MongoDB user to remove, if it still has the tag of this grant. */
export interface Doomed extends UserName {
  grant: string;
  roles: { role: string; db: string }[];
}

/**
 * `removed`: with its proof; `late` if an unanswered command may still arrive and hit the next user with the name. `missing`: nobody has the
 * name. `taken`: another grant's user has it. `foreign`: a user without our tag has it, and stays. `known`: dropped, but a member still
 * knows the name or accepts the login.
 */
export type Removal = Proved | { state: 'missing' | 'taken' | 'foreign' };

export type Proved =
  | { state: 'removed'; proof: Proof; late: boolean }
  | { state: 'known'; reason: 'still_known' | 'still_accepted' };

/** What the steps of a removal found out so far. */
interface Steps {
  /** The steps that failed, or that the server or our login there does not offer. */
  leftOut: string[];
  late: boolean;
}

interface Removing {
  doomed: Doomed;
  at: number;
  /** If an unanswered command may still arrive: `drop` if the caller keeps the name free until then, `stop` if it can't. */
  ifLate: 'drop' | 'stop';
  /** Called when the user is found. It ends before anything irreversible is done to the user. */
  onSight?: (on: Deployment | undefined) => Promise<unknown>;
}

/**
 * Locks the user, so that nothing new starts; then ends its sessions; then drops it, even if earlier steps failed. The caller makes sure
 * that nobody else drops this user at the same time: another grant could have the name by then.
 */
export async function lockAndDrop(deps: RemoveDeps, host: Host, removing: Removing): Promise<Removal> {
  const { users } = deps;
  const { doomed, at, onSight = async () => {} } = removing;
  const { grant, roles, ...name } = doomed;
  const owner = await users.owner(host, name);
  // A user without a tag is not, or no longer, ours. A user of another grant took the name after ours was gone.
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
  // Sessions are found by name, so those that may have survived until the drop can be ended after it.
  if (killed !== 'killed' || !lock || lock.left.length > 0)
    await attempt('sessions_left', () => users.killSessionsLeft(host, name));
  const known = lock && !lock.left.includes('password');
  const trial = known ? { password, mechanisms: lock.mechanisms ?? owner.mechanisms } : undefined;
  return prove(users, host, { name, at, steps, trial });
}

/** Runs a step, and notes its outcome. */
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

/** Proves that no member knows the name of a user that is already gone from the server that takes writes. */
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

/** The proof for a login that nobody could use: it was never handed out, or another user has its name now. */
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
  /** The password that worked until the drop, if known, and the user's mechanisms. */
  trial: { password: string; mechanisms: MemberSays['mechanisms'] | undefined } | undefined;
}

/** Proves that the user is gone: no server or member knows the name, and none accepts the login that worked until the drop. */
async function prove(users: MongoUsers, host: Host, evidence: Evidence): Promise<Proved> {
  const { name, at, steps, trial } = evidence;
  const { there, members } = await users.whoKnows(host, name);
  if (there || members.some(({ says }) => says === 'known')) return { state: 'known', reason: 'still_known' };
  const trials = await together(members.map((one) => tryAt(users, one, { host, name, trial })));
  if (trials.includes('accepted')) return { state: 'known', reason: 'still_accepted' };
  const refused = members.filter((_, index) => trials[index] === 'refused');
  const gone = members.filter(({ says }) => says === 'gone');
  // If a server never tells whether it knows a name, only the refused login is a proof.
  const asked = members.filter((one) => gone.includes(one) || (one.says === 'untold' && refused.includes(one)));
  const untold = members.some(({ says }) => says === 'untold');
  const others = members.some(({ router }) => router);
  const proof: Proof = {
    at,
    gone: true,
    unknownTo: gone.map(({ member }) => member),
    refusedBy: refused.map(({ member }) => member),
    // A host without known members has proved nothing.
    notAsked:
      members.length === 0 ? [host.name] : members.filter((one) => !asked.includes(one)).map(({ member }) => member),
    leftOut: [...steps.leftOut, ...(untold ? ['names'] : []), ...(others ? ['other_routers'] : [])],
  };
  return { state: 'removed', proof, late: steps.late };
}

/** Uses only a mechanism that the member offers the user: any other one is refused to everybody, with the same message. */
async function tryAt(
  users: MongoUsers,
  { member, says, mechanisms: offered }: MemberSays,
  { host, name: { user, db }, trial }: Pick<Evidence, 'name' | 'trial'> & { host: Host },
): Promise<'accepted' | 'refused' | 'unreachable' | undefined> {
  if (!trial || says === 'silent') return undefined;
  const mechanism = mechanismFor(trial.mechanisms, says === 'untold' ? undefined : offered);
  return mechanism && users.tryLogin(host, member, { user, db, password: trial.password, mechanism });
}

/** `had`: the user's mechanisms, if known; `offered`: the member's, if it tells them. */
function mechanismFor(
  had: Login['mechanism'][] | undefined,
  offered: Login['mechanism'][] | undefined,
): Login['mechanism'] | undefined {
  // The server accepted a lock with one mechanism only, so that mechanism works.
  if (had?.length === 1 && !offered) return had[0];
  // If the server tells nothing, the driver uses SCRAM-SHA-1, also for our own login.
  const usable = offered ?? ['SCRAM-SHA-1'];
  if (!had) return usable.length === 1 ? usable[0] : undefined;
  return usable.find((one) => had.includes(one));
}
