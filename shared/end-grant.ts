import { faultOf } from './fault-of';
import type { Log } from './log';
import type { Host, MongoUsers } from './mongo-users';
import { reasonOf } from './reason-of';
import { type Doomed, lockAndDrop, proveGone, type Removal, wasGone } from './remove-user';
import type { Secrets } from './secrets';
import { type Event, type Source, writeEvent } from './store/audit';
import {
  beginEnd,
  type EndCause,
  finishEnd,
  type Grant,
  isStamped,
  type Proof,
  pauseEnd,
  stampGrant,
} from './store/grants';
import type { Table } from './store/table';
import { seconds } from './time';

export interface EndDeps {
  table: Table;
  secrets: Pick<Secrets, 'host'>;
  users: MongoUsers;
  log: Log;
}

/** Why a grant ends, by whom, and in which request. */
export interface Cause extends EndCause {
  why: 'revoked' | 'expired' | 'cut_off' | 'not_made' | 'overtaken' | 'user_gone' | 'host_removed' | 'rules_changed';
  source: Source & { deadline?: number };
  /** Seconds after which a grant ends although some member could not be asked; never, if left out. */
  unaskedAfter?: number;
}

/** `pending`: the host did not answer, another request is still ending the grant or creating its user, or (`spared`) it lives on: see {@link EndCause}. */
export type End = { grant: Grant; state: 'ended' } | { grant: Grant; state: 'pending'; reason: string };

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
  const [begun] = await Promise.all([beginEnd(table, grant, cause, seconds(now)), note({ act: 'ending' })]);
  if (begun === 'spared') return { grant, state: 'pending', reason: 'spared' };
  if (begun === 'being ended') return { grant: stillEnding, state: 'pending', reason: 'grant_busy' };
  if (begun.state === 'ended') return { grant: begun, state: 'ended' };
  const { ending, ...removed } = await removeUser(deps, begun, source.deadline ?? Date.now() + endMs, now);
  const reason = reasonToWait(removed, ending, cause, seconds(now));
  if (reason !== undefined) {
    await Promise.all([pauseEnd(table, ending, seconds(now), reason), note({ act: 'end_pending', reason })]);
    return { grant: stillEnding, state: 'pending', reason };
  }
  const { proof, late = false } = removed;
  if (proof && proof.notAsked.length > 0)
    log.error('proof_incomplete', { grant: grant.id, host: grant.host, notAsked: proof.notAsked });
  const [ended = ending] = await Promise.all([
    finishEnd(table, ending, seconds(now), proof, late),
    note({ act: 'ended', ...(proof && { proof }) }),
  ]);
  return { grant: { ...ended, state: 'ended', ...(proof && { proof }) }, state: 'ended' };
}

/** What became of a user: what was proved, or why it could not be. */
interface Removed {
  reason?: string;
  proof?: Proof;
  late?: boolean;
}

/** None where the grant may end now. */
function reasonToWait({ reason, proof }: Removed, ending: Grant, cause: Cause, now: number): string | undefined {
  if (reason !== undefined) return reason;
  if (ending.creatingUntil > now) return 'grant_busy';
  if (!proof || proof.notAsked.length === 0) return undefined;
  const waited = now - (ending.unaskedSince ?? now);
  return cause.unaskedAfter !== undefined && waited >= cause.unaskedAfter ? undefined : 'member_not_asked';
}

/** `ending`: the row as it is afterwards. */
async function removeUser(
  deps: EndDeps,
  begun: Grant,
  deadline: number,
  now: Date,
): Promise<Removed & { ending: Grant }> {
  let ending = begun;
  try {
    const secret = await deps.secrets.host(begun.host);
    if (!secret) return { ending, reason: 'host_unknown' };
    const host = { name: begun.host, secret, deadline };
    const { username: user, usersDb: db, role, id: grant } = begun;
    const doomed = { user, db, grant, roles: [{ role, db: begun.db }] };
    const removal = await lockAndDrop(deps, host, doomed, seconds(now), 'drop', async () => {
      ending = await stampSeen(deps, host, begun);
    });
    return { ending, ...(await judgeRemoval(deps, host, doomed, begun, removal, now)) };
  } catch (fault) {
    deps.log.error('end_failed', { grant: begun.id, host: begun.host, ...faultOf(fault) });
    return { ending, reason: reasonOf(fault) };
  }
}

/** Notes on which deployment the user was seen, before it is dropped: a next try must know that it looks at the same one. */
async function stampSeen({ table, users }: EndDeps, host: Host, grant: Grant): Promise<Grant> {
  const here = await users.identify(host);
  if (!here || isStamped(grant, here)) return grant;
  return (await stampGrant(table, grant, here)) ?? grant;
}

async function judgeRemoval(
  deps: EndDeps,
  host: Host,
  doomed: Doomed,
  grant: Grant,
  removal: Removal,
  now: Date,
): Promise<Removed> {
  if (removal.state === 'removed') return { proof: removal.proof, late: removal.late };
  if (removal.state === 'known') return { reason: removal.reason };
  if (removal.state === 'taken' || !wasInForce(grant)) return { proof: wasGone(seconds(now)) };
  if (removal.state === 'foreign') return { reason: 'user_not_ours' };
  // Not there: dropped by somebody, or by an attempt before this one; or this is not the server on which it was made.
  if (!grant.madeOn) return { reason: 'deployment_unknown' };
  if (!(await deps.users.isDeployment(host, grant.madeOn))) return { reason: 'other_deployment' };
  const gone = await proveGone(deps, host, doomed, seconds(now));
  if (gone.state === 'removed') return { proof: gone.proof };
  return gone.state === 'known' ? { reason: gone.reason } : {};
}

/** Whether its login may have been handed out. If not, a user without our tag was there before, and ours was never made under that name. */
const wasInForce = ({ creatingUntil, why }: Grant): boolean => creatingUntil === 0 && why !== 'not_made';
