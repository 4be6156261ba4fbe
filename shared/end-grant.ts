import { ApiError, HostUnreachable, hostProblem } from './errors';
import { faultOf } from './fault-of';
import type { Log } from './log';
import type { Host, MongoUsers, UserName } from './mongo-users';
import type { Secrets } from './secrets';
import { type Event, type Source, writeEvent } from './store/audit';
import { beginEnd, type EndCause, finishEnd, type Grant, type Proof, pauseEnd } from './store/grants';
import type { Table } from './store/table';
import { seconds } from './time';
import { newPassword } from './tokens';

export interface EndDeps {
  table: Table;
  secrets: Pick<Secrets, 'host'>;
  users: MongoUsers;
  log: Log;
}

/** Why a grant ends, by whom, and in which request. */
export interface Cause extends EndCause {
  why: 'revoked' | 'expired' | 'cut_off' | 'not_made' | 'overtaken' | 'user_gone' | 'host_removed' | 'rules_changed';
  source: Source;
}

/** `pending`: the host did not answer, another request is still ending the grant or creating its user, or (`spared`) it lives on: see {@link EndCause}. */
export type End = { grant: Grant; state: 'ended' } | { grant: Grant; state: 'pending'; reason: string };

/**
 * Ends a grant: first its row says so, then its user is locked, loses its roles, its sessions and its name, then it is shown that the
 * login is dead, then the row is closed. Every step may be repeated; a user that is gone already is done.
 */
export async function endGrant(deps: EndDeps, grant: Grant, cause: Cause, now: Date): Promise<End> {
  const { table } = deps;
  const { source, by, why } = cause;
  const note = (event: Pick<Event, 'act' | 'reason' | 'proof'>) =>
    writeEvent(table, { ...event, email: grant.email, by, why: grant.why ?? why, grant }, source, now);
  const stillEnding = { ...grant, state: 'ending' as const };
  const [ending] = await Promise.all([beginEnd(table, grant, cause, seconds(now)), note({ act: 'ending' })]);
  if (ending === 'spared') return { grant, state: 'pending', reason: 'spared' };
  if (ending === 'being ended') return { grant: stillEnding, state: 'pending', reason: 'grant_busy' };
  if (ending.state === 'ended') return { grant: ending, state: 'ended' };
  const removed = await removeUser(deps, ending, now);
  const reason = typeof removed === 'string' ? removed : ending.creatingUntil > seconds(now) ? 'grant_busy' : undefined;
  if (reason !== undefined) {
    await Promise.all([pauseEnd(table, ending, seconds(now)), note({ act: 'end_pending', reason })]);
    return { grant: stillEnding, state: 'pending', reason };
  }
  const { proof, late } = typeof removed === 'string' ? {} : removed;
  const [ended = ending] = await Promise.all([
    finishEnd(table, ending, seconds(now), proof, late),
    note({ act: 'ended', ...(proof && { proof }) }),
  ]);
  return { grant: { ...ended, state: 'ended', ...(proof && { proof }) }, state: 'ended' };
}

/** What was proved. `late`: a command to which no answer came may still arrive, and meet the next user of that name. */
export interface Removed {
  proof: Proof;
  late: boolean;
}

/** Why the user could not be removed, where it is a text. */
async function removeUser(deps: EndDeps, grant: Grant, now: Date): Promise<Removed | string> {
  try {
    const secret = await deps.secrets.host(grant.host);
    if (!secret) return 'host_unknown';
    const user = {
      user: grant.username,
      db: grant.usersDb,
      roles: [{ role: grant.role, db: grant.db }],
      grant: grant.id,
    };
    const at = seconds(now);
    const removed = await lockAndDrop(deps, { name: grant.host, secret }, user, at, 'drop');
    return removed === 'user_not_ours' && !wasInForce(grant) ? { proof: wasGone(at), late: false } : removed;
  } catch (fault) {
    deps.log.error('end_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    const problem = hostProblem(fault);
    return problem instanceof ApiError ? problem.code : 'internal';
  }
}

/** A MongoDB user that is to go, if it still carries the tag of this grant. */
export interface Doomed extends UserName {
  grant: string;
  roles: { role: string; db: string }[];
}

/**
 * Locked first, so that nothing new starts; then what runs; then the user, whatever became of the steps before. Whoever calls it has made
 * sure that nobody else drops the same user meanwhile: the name could be another grant's by then. `ifLate` says what to do where a
 * command got no answer and may still arrive: `drop` for who keeps others from the name until then, `stop` for who can't.
 */
export async function lockAndDrop(
  { users, log }: Pick<EndDeps, 'users' | 'log'>,
  host: Host,
  { grant, roles, ...name }: Doomed,
  at: number,
  ifLate: 'drop' | 'stop',
): Promise<Removed | string> {
  const owner = await users.owner(host, name);
  // A user with another grant's tag took the name after ours was gone; one without a tag may be ours no longer, or never was.
  if (owner === 'foreign') return 'user_not_ours';
  if (owner?.grant !== grant) return { proof: wasGone(at), late: false };
  const leftOut: string[] = [];
  let late = false;
  const attempt = async <T>(step: string, run: () => Promise<T>): Promise<T | 'failed'> => {
    try {
      const result = await run();
      if (result === 'not_offered') leftOut.push(step);
      return result;
    } catch (fault) {
      log.warn('step_left_out', { step, grant, ...faultOf(fault) });
      leftOut.push(step);
      late ||= fault instanceof HostUnreachable && fault.sent;
      if (late && ifLate === 'stop') throw fault;
      return 'failed';
    }
  };
  const password = newPassword();
  const locked = await attempt('lock', () => users.lock(host, name, password));
  if (typeof locked === 'object') leftOut.push(...locked.left);
  if (roles.length > 0) await attempt('roles', () => users.revokeRoles(host, name, roles));
  await attempt('sessions', () => users.killSessions(host, name));
  await users.drop(host, name);
  const knowsPassword = typeof locked === 'object' && !locked.left.includes('password');
  const proof = await prove(users, host, { ...name, password: knowsPassword ? password : undefined }, leftOut, at);
  return typeof proof === 'string' ? proof : { proof, late };
}

const wasGone = (at: number): Proof => ({ at, gone: true, refusedBy: [], notAsked: [], leftOut: ['user_was_gone'] });

/** Whether its login may have been handed out. If not, a user without our tag was there before, and ours was never made under that name. */
const wasInForce = ({ creatingUntil, why }: Grant): boolean => creatingUntil === 0 && why !== 'not_made';

/** Shows that the user is gone: the server knows none, and no member takes the password that was right until the drop. */
async function prove(
  users: MongoUsers,
  host: Host,
  { password, ...name }: UserName & { password: string | undefined },
  leftOut: string[],
  at: number,
): Promise<Proof | string> {
  const owner = await users.owner(host, name);
  const trials = password === undefined ? [] : await users.tryLogin(host, { ...name, password });
  if (owner !== undefined || trials.some(({ answer }) => answer === 'accepted')) return 'still_accepted';
  const membersThat = (answer: string) => trials.filter((trial) => trial.answer === answer).map(({ member }) => member);
  return { at, gone: true, refusedBy: membersThat('refused'), notAsked: membersThat('unreachable'), leftOut };
}
