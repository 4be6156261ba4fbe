import { together } from '../async/together';
import { faultOf } from '../aws/fault-of';
import type { Log } from '../aws/log';
import type { Secrets } from '../aws/secrets';
import type { Deployment } from '../contract/deployment';
import type { Host, MongoUsers } from '../mongo/mongo-users';
import { seconds } from '../policy/time';
import { type Event, type Source, writeEvent } from '../store/audit';
import {
  beginEnd,
  type EndCause,
  finishEnd,
  type Grant,
  isStamped,
  markEnding,
  type Proof,
  pauseEnd,
  stampGrant,
} from '../store/grants';
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

/** Why a grant ends, by whom, and in which request. */
export interface Cause extends EndCause {
  why: 'revoked' | 'expired' | 'cut_off' | 'not_made' | 'user_gone' | 'host_removed' | 'rules_changed';
  source: Source & { deadline?: number };
  /** What is known of whether the host answers, where somebody waits for the end. */
  silence?: KnownSilence;
  /** Seconds after which a grant ends although some member could not be asked; never, if left out. */
  unaskedAfter?: number;
}

/**
 * What became of an end. `busy`: another request is ending the grant, or creating its user. `spared`: it lives on, see {@link EndCause}.
 * `failed`: it ends, and the reaper goes on with it; `reason` says what it waits for.
 */
export type End =
  | { state: 'ended'; grant: Grant }
  | { state: 'busy'; grant: Grant }
  | { state: 'spared'; grant: Grant }
  | { state: 'failed'; grant: Grant; reason: string };

/** Why a grant has not ended, as a code; none for one that has. */
export const whyNotEnded = (end: End): string | undefined => {
  if (end.state === 'ended') return undefined;
  if (end.state === 'busy') return 'grant_busy';
  return end.state === 'spared' ? 'spared' : end.reason;
};

/** Milliseconds for one grant where nobody waits for the answer. */
const endMs = 10_000;

/**
 * Ends a grant: first its row says so, then its user is locked, loses its roles, its sessions and its name, then it is shown that the
 * login is dead, then the row is closed. Every step may be repeated; a user that is gone already is done once that is shown.
 */
export async function endGrant(deps: EndDeps, grant: Grant, cause: Cause, now: Date): Promise<End> {
  const { table, log } = deps;
  const { source, by, why } = cause;
  const note = (event: Pick<Event, 'act' | 'reason' | 'proof'>) =>
    writeEvent(table, { ...event, email: grant.email, by, why: grant.why ?? why, grant }, source, now);
  const stillEnding = { ...grant, state: 'ending' as const };
  const left = await leave(grant, cause, seconds(now));
  if (left) return left;
  const [begun, , silent] = await together([
    beginEnd(table, grant, cause, seconds(now)),
    grant.state !== 'ending' && note({ act: 'ending' }),
    cause.silence?.isSilent(seconds(now)),
  ]);
  if (begun.state === 'spared') return { state: 'spared', grant };
  if (begun.state === 'busy') return { state: 'busy', grant: stillEnding };
  const { grant: ending } = begun;
  if (begun.state === 'ended') return { state: 'ended', grant: ending };
  const removed = silent ? { reason: 'host_unreachable' } : await removeUser(deps, ending, cause, now);
  const unaskedSince = sinceUnasked(removed, ending, seconds(now));
  const waitsFor = removed.reason ?? reasonToWait(ending, unaskedSince, cause, seconds(now));
  if (waitsFor !== undefined) {
    await together([
      pauseEnd(table, ending, seconds(now), { waitsFor, unaskedSince }),
      note({ act: 'end_pending', reason: waitsFor }),
    ]);
    return waitsFor === 'grant_busy'
      ? { state: 'busy', grant: stillEnding }
      : { state: 'failed', grant: stillEnding, reason: waitsFor };
  }
  const { proof, late = false } = removed;
  if (proof && proof.notAsked.length > 0)
    log.error('proof_incomplete', { grant: grant.id, host: grant.host, notAsked: proof.notAsked });
  const [ended = ending] = await together([
    finishEnd(table, ending, seconds(now), proof, late),
    note({ act: 'ended', ...(proof && { proof }) }),
  ]);
  return { grant: { ...ended, state: 'ended', ...(proof && { proof }) }, state: 'ended' };
}

/** Where nothing need be done now about a grant that says already that it ends: so who asks for that again and again costs a read. */
async function leave(grant: Grant, { silence }: Cause, now: number): Promise<End | undefined> {
  if (grant.state !== 'ending') return undefined;
  if (grant.endingUntil > now) return { state: 'busy', grant };
  return (await silence?.isSilent(now)) ? { state: 'failed', grant, reason: 'host_unreachable' } : undefined;
}

/** Says of a grant that it ends, for whoever ends it next: none if it ends already, or has ended. */
export async function sayEnding(
  { table }: Pick<EndDeps, 'table'>,
  grant: Grant,
  { why, by, source }: Cause,
  now: Date,
): Promise<Grant | undefined> {
  const [ending] = await together([
    markEnding(table, grant, { why, by }, seconds(now)),
    writeEvent(table, { act: 'ending', email: grant.email, by, why, grant }, source, now),
  ]);
  return ending;
}

/** What became of a user: what was proved (`fresh`: it was there until now), or the reason for which nothing could be. */
type Removed =
  | { reason: string; proof?: undefined; late?: undefined; fresh?: undefined }
  | { reason?: undefined; proof: Proof; late: boolean; fresh: boolean };

/** Since when all that is left to be shown is up to members that can't be asked; none where it is not. */
function sinceUnasked({ reason, proof, fresh }: Removed, { unaskedSince }: Grant, now: number): number | undefined {
  // A host that is away for a moment says nothing new about its members.
  if (!proof) return reason === 'host_unreachable' || reason === 'time_up' ? unaskedSince : undefined;
  if (proof.notAsked.length === 0) return undefined;
  return fresh ? now : (unaskedSince ?? now);
}

/** None where the grant may end now. */
function reasonToWait(
  { creatingUntil }: Grant,
  unaskedSince: number | undefined,
  { unaskedAfter }: Cause,
  now: number,
): string | undefined {
  if (creatingUntil > now) return 'grant_busy';
  if (unaskedSince === undefined) return undefined;
  return unaskedAfter !== undefined && now - unaskedSince >= unaskedAfter ? undefined : 'member_not_asked';
}

async function removeUser(deps: EndDeps, grant: Grant, { source, silence }: Cause, now: Date): Promise<Removed> {
  const deadline = source.deadline ?? Date.now() + endMs;
  try {
    const secret = await deps.secrets.host(grant.host);
    if (!secret) return { reason: 'host_unknown' };
    const host = { name: grant.host, secret, deadline };
    const { username: user, usersDb: db, role } = grant;
    const doomed = { user, db, grant: grant.id, roles: [{ role, db: grant.db }] };
    let elsewhere = false;
    const removal = await lockAndDrop(deps, host, doomed, seconds(now), 'drop', async (on) => {
      elsewhere = await isElsewhere(deps, host, grant, on);
    });
    const removed: Removed =
      elsewhere && removal.state === 'removed'
        ? { reason: 'other_deployment' }
        : await judgeRemoval(deps, host, doomed, grant, removal, now);
    await silence?.learnAnswer();
    return removed;
  } catch (fault) {
    deps.log.error('end_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    await silence?.learn(fault, seconds(now));
    return { reason: reasonOf(fault) };
  }
}

/**
 * Whether a user is seen on another deployment than the one on which it was made: a copy, while the first may live on. Where the row does
 * not say, it does from now on: a next try must know that it looks at the same one.
 */
async function isElsewhere(
  { table, users }: EndDeps,
  host: Host,
  grant: Grant,
  on: Deployment | undefined,
): Promise<boolean> {
  if (!on || isStamped(grant, on)) return false;
  if (grant.madeOn) return !(await users.isDeployment(host, grant.madeOn));
  await stampGrant(table, grant, on);
  return false;
}

async function judgeRemoval(
  deps: EndDeps,
  host: Host,
  doomed: Doomed,
  grant: Grant,
  removal: Removal,
  now: Date,
): Promise<Removed> {
  const at = seconds(now);
  if (removal.state === 'removed') return { ...removal, fresh: true };
  if (removal.state === 'known') return { reason: removal.reason };
  if (!wasInForce(grant)) return { proof: wasGone(at), late: false, fresh: false };
  if (removal.state === 'foreign') return { reason: 'user_not_ours' };
  // Not there: dropped by somebody, or by an attempt before this one; or this is not the server on which it was made.
  if (!grant.madeOn) return { reason: 'deployment_unknown' };
  if (!(await deps.users.isDeployment(host, grant.madeOn))) return { reason: 'other_deployment' };
  // Another grant's user has the name by now, so no member can be asked about the one before.
  if (removal.state === 'taken') return { proof: wasGone(at), late: false, fresh: false };
  const gone = await proveGone(deps, host, doomed, at);
  return gone.state === 'known' ? { reason: gone.reason } : { proof: gone.proof, late: false, fresh: false };
}

/** Whether its login may have been handed out. If not, a user without our tag was there before, and ours was never made under that name. */
const wasInForce = ({ creatingUntil, why }: Grant): boolean => creatingUntil === 0 && why !== 'not_made';
