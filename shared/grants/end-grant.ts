import { together } from '../async/together';
import { faultOf } from '../aws/fault-of';
import type { Log } from '../aws/log';
import type { Secrets } from '../aws/secrets';
import type { Deployment } from '../contract/deployment';
import type { Host, MongoUsers } from '../mongo/mongo-users';
import { seconds } from '../policy/time';
import { type Event, type Source, writeEvent } from '../store/audit';
import { asEnded, beginEnd, type EndCause, finishEnd, markEnding, pauseEnd } from '../store/grants/ending';
import { stampGrant } from '../store/grants/noting';
import type { EndedGrant, EndingGrant, LiveGrant, LivingGrant, Proof } from '../store/grants/row';
import { isStamped } from '../store/grants/states';
import type { Table } from '../store/table';
import type { KnownSilence } from './known-silence';
import { reasonOf } from './reason-of';
import { type Doomed, lockAndDrop, proveGone, type Removal, wasGone } from './remove-user';

export interface EndDeps {
  table: Table;
  secrets: Pick<Secrets, 'host'>;
  users: MongoUsers;
  log: Log;
}

export interface Cause extends EndCause {
  why: 'revoked' | 'expired' | 'cut_off' | 'not_made' | 'user_gone' | 'host_removed' | 'rules_changed';
  source: Source & { deadline?: number };
  /** What is known about whether the host answers, if somebody waits for the end. */
  silence?: KnownSilence;
  /** Seconds after which a grant ends although a member could not be asked; never, if left out. */
  unaskedAfter?: number;
}

/**
 * The result of an end. `busy`: another request is ending the grant, or making its user. `spared`: it lives on, see {@link EndCause}.
 * `failed`: the reaper goes on with it, and `reason` says what it waits for.
 */
export type End =
  | { state: 'ended'; grant: EndedGrant }
  | { state: 'busy'; grant: LivingGrant }
  | { state: 'spared'; grant: LivingGrant }
  | { state: 'failed'; grant: LivingGrant; reason: string };

export const whyNotEnded = (end: Exclude<End, { state: 'ended' }>): string => {
  if (end.state === 'busy') return 'grant_busy';
  return end.state === 'spared' ? 'spared' : end.reason;
};

/** Milliseconds for one grant if nobody waits for the answer. */
const endMs = 10_000;

/**
 * Ends a grant: marks its row, locks the user, takes its roles and sessions, drops it, proves that the login is dead, and closes the row.
 * Every step may be repeated. If the user is already gone, the proof is enough.
 */
export async function endGrant(deps: EndDeps, grant: LivingGrant, cause: Cause, now: Date): Promise<End> {
  const { table, log } = deps;
  const { source, by } = cause;
  const moment = seconds(now);
  const why = (grant.state === 'ending' ? grant.why : undefined) ?? cause.why;
  const note = (event: Pick<Event, 'act' | 'reason' | 'proof'>) =>
    writeEvent(table, { ...event, email: grant.email, by, why, grant }, source, now);
  const byTime = why === 'expired';
  const nothingToDo = await leave(grant, cause, moment);
  if (nothingToDo) return nothingToDo;
  const [begun, , silent] = await together([
    beginEnd(table, grant, { ...cause, now: moment }),
    grant.state !== 'ending' && !byTime && note({ act: 'ending' }),
    cause.silence?.isSilent(moment),
  ]);
  if (begun.state === 'spared' || begun.state === 'busy') return { state: begun.state, grant };
  if (begun.state === 'ended') return begun;
  const { grant: ending } = begun;
  const removed = silent ? left('host_unreachable') : await removeUser(deps, ending, { ...cause, now });
  const unaskedSince = sinceUnasked(removed, ending, moment);
  const verdict = judge(removed, ending, { unaskedSince, unaskedAfter: cause.unaskedAfter, now: moment });
  if (verdict.state === 'left') {
    const { reason: waitsFor } = verdict;
    await together([
      pauseEnd(table, ending, { waitsFor, unaskedSince, now: moment }),
      note({ act: 'end_pending', reason: waitsFor }),
    ]);
    if (waitsFor === 'grant_busy') return { state: 'busy', grant: ending };
    return { state: 'failed', grant: ending, reason: waitsFor };
  }
  const { proof, late } = verdict;
  if (proof.notAsked.length > 0)
    log.error('proof_incomplete', { grant: grant.id, host: grant.host, notAsked: proof.notAsked });
  const noted = note({ act: 'ended', proof });
  // An end by time has no other event than this one, so it is written first, in case of a crash.
  if (byTime) await noted;
  const [ended = asEnded(ending, proof)] = await together([
    finishEnd(table, ending, { now: moment, proof, late }),
    noted,
  ]);
  return { state: 'ended', grant: ended };
}

/** Leaves a grant that is already ending if nothing can be done now, so that repeated requests cost only a read. */
async function leave(grant: LivingGrant, { silence }: Cause, now: number): Promise<End | undefined> {
  if (grant.state !== 'ending') return undefined;
  if (grant.endingUntil > now) return { state: 'busy', grant };
  return (await silence?.isSilent(now)) ? { state: 'failed', grant, reason: 'host_unreachable' } : undefined;
}

/** Marks a grant as ending; whoever comes next ends it. None if it was already ending or has ended. */
export async function sayEnding(
  { table }: Pick<EndDeps, 'table'>,
  grant: LiveGrant,
  { why, by, source, now }: Pick<Cause, 'why' | 'by' | 'source'> & { now: Date },
): Promise<EndingGrant | undefined> {
  const [ending] = await together([
    markEnding(table, grant, { why, by, now: seconds(now) }),
    writeEvent(table, { act: 'ending', email: grant.email, by, why, grant }, source, now),
  ]);
  return ending;
}

/** A user whose end could not be proved in full, and why. */
type Left = { state: 'left'; reason: string };

/** The proof that a user is gone. `late`: a command may still arrive. `fresh`: the user was there until now. */
type Gone = { state: 'gone'; proof: Proof; late: boolean; fresh: boolean };

const left = (reason: string): Left => ({ state: 'left', reason });
const goneBefore = (proof: Proof): Gone => ({ state: 'gone', proof, late: false, fresh: false });

/** Since when only members that can't be asked are missing from the proof; none if other things are missing, or nothing. */
function sinceUnasked(removed: Left | Gone, { unaskedSince }: EndingGrant, now: number): number | undefined {
  // A host that is away for a moment tells nothing new about its members.
  if (removed.state === 'left')
    return removed.reason === 'host_unreachable' || removed.reason === 'time_up' ? unaskedSince : undefined;
  if (removed.proof.notAsked.length === 0) return undefined;
  return removed.fresh ? now : (unaskedSince ?? now);
}

interface Patience {
  unaskedSince: number | undefined;
  unaskedAfter: number | undefined;
  now: number;
}

/** Whether the grant of a user that is gone may end now, or why it waits. */
function judge(removed: Left | Gone, { creatingUntil }: EndingGrant, patience: Patience): Left | Gone {
  const { unaskedSince, unaskedAfter, now } = patience;
  if (removed.state === 'left') return removed;
  if (creatingUntil > now) return left('grant_busy');
  if (unaskedSince === undefined) return removed;
  return unaskedAfter !== undefined && now - unaskedSince >= unaskedAfter ? removed : left('member_not_asked');
}

interface RemovalOf {
  source: Cause['source'];
  silence?: KnownSilence | undefined;
  now: Date;
}

async function removeUser(
  deps: EndDeps,
  grant: EndingGrant,
  { source, silence, now }: RemovalOf,
): Promise<Left | Gone> {
  const deadline = source.deadline ?? Date.now() + endMs;
  try {
    const secret = await deps.secrets.host(grant.host);
    if (!secret) return left('host_unknown');
    const host = { name: grant.host, secret, deadline };
    const removed = await removeAt(deps, host, { grant, at: seconds(now) });
    await silence?.learnAnswer();
    return removed;
  } catch (fault) {
    deps.log.error('end_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    await silence?.learn(fault, seconds(now));
    return left(reasonOf(fault));
  }
}

interface Ending {
  grant: EndingGrant;
  at: number;
}

async function removeAt(deps: EndDeps, host: Host, ending: Ending): Promise<Left | Gone> {
  const { grant, at } = ending;
  const { username: user, usersDb: db, role } = grant;
  const doomed = { user, db, grant: grant.id, roles: [{ role, db: grant.db }] };
  let elsewhere = false;
  const onSight = async (on: Deployment | undefined) => {
    elsewhere = on !== undefined && (await isElsewhere(deps, host, { grant, on }));
  };
  const removal = await lockAndDrop(deps, host, { doomed, at, ifLate: 'drop', onSight });
  if (removal.state !== 'removed') return judgeRemoval(deps, host, { ...ending, doomed, removal });
  const { proof, late } = removal;
  return elsewhere ? left('other_deployment') : { state: 'gone', proof, late, fresh: true };
}

/**
 * Whether the user is on another deployment than the one where it was made: then it is a copy, and the first may live on. A row without a
 * deployment gets this one, so that the next try looks at the same.
 */
async function isElsewhere(
  { table, users }: EndDeps,
  host: Host,
  { grant, on }: { grant: EndingGrant; on: Deployment },
): Promise<boolean> {
  if (isStamped(grant, on)) return false;
  if (grant.madeOn) return !(await users.isDeployment(host, grant.madeOn));
  await stampGrant(table, grant, on);
  return false;
}

/** A removal that dropped no user, or after which a member still knows the user. */
type NotRemoved = Exclude<Removal, { state: 'removed' }>;

async function judgeRemoval(
  deps: EndDeps,
  host: Host,
  { grant, at, doomed, removal }: Ending & { doomed: Doomed; removal: NotRemoved },
): Promise<Left | Gone> {
  if (removal.state === 'known') return left(removal.reason);
  if (!wasInForce(grant)) return goneBefore(wasGone(at));
  if (removal.state === 'foreign') return left('user_not_ours');
  // Somebody, or an earlier attempt, dropped the user; or this is not the server on which it was made.
  if (!grant.madeOn) return left('deployment_unknown');
  if (!(await deps.users.isDeployment(host, grant.madeOn))) return left('other_deployment');
  // Another grant's user has the name now, so the members can't be asked about the old one.
  if (removal.state === 'taken') return goneBefore(wasGone(at));
  const gone = await proveGone(deps, host, { name: doomed, at });
  return gone.state === 'known' ? left(gone.reason) : goneBefore(gone.proof);
}

/** Whether the login may have been handed out. If not, a user without our tag had the name, and ours was never made. */
const wasInForce = ({ creatingUntil, why }: EndingGrant): boolean => creatingUntil === 0 && why !== 'not_made';
