import type { TaggedUser } from '../../shared/mongo/tagged-users';
import type { ActiveGrant, Grant } from '../../shared/store/grants/row';
import { ifInForce } from '../../shared/store/grants/states';
import { differences } from './differences';
import { type Left, left } from './reconcile-deps';

/** Both sides of a host: its users, which were read first, and its grants. */
export interface Sides {
  users: readonly TaggedUser[];
  /** The databases whose users could be seen. */
  seen: 'all' | readonly string[];
  /** Every grant on the host, with those that ended in the last months. */
  grants: readonly Grant[];
}

/** Mismatches in what was read. Time has passed since, so each is checked again before anything is done. */
export interface Comparison {
  orphans: { user: TaggedUser; grant: Grant | undefined }[];
  lost: ActiveGrant[];
  /** Marked as lost, but their user is there again. */
  found: ActiveGrant[];
  drifted: ActiveGrant[];
  present: ActiveGrant[];
  /** How many were not judged, by reason. */
  leftOut: Record<string, number>;
}

export function compare({ users, seen, grants }: Sides, stack: string, now: number): Comparison {
  const byId = new Map(grants.map((grant) => [grant.id, grant]));
  const result: Comparison = { orphans: [], lost: [], found: [], drifted: [], present: [], leftOut: {} };
  const present = new Set<Grant>();
  for (const user of users) {
    const grant = byId.get(user.tag.grant);
    if (!grant || !isUserOf(user, grant) || grant.state === 'ended') {
      result.orphans.push({ user, grant });
      continue;
    }
    present.add(grant);
    const judged = judge(grant, now);
    if (judged.state === 'left') {
      leaveOut(result.leftOut, judged.reason);
      continue;
    }
    const { grant: active } = judged;
    result.present.push(active);
    if (active.lostAt !== undefined) result.found.push(active);
    else if (differences(user, active, stack)) result.drifted.push(active);
    // A change of the addresses was cut off. Only the owner's next request sets them again.
    if (active.cidrs === undefined) leaveOut(result.leftOut, 'addresses_open');
  }
  for (const grant of grants.flatMap((one) => ifInForce(one, now) ?? [])) {
    if (present.has(grant)) continue;
    if (grant.lostAt !== undefined) leaveOut(result.leftOut, 'lost_before');
    else if (seen === 'all' || seen.includes(grant.usersDb)) result.lost.push(grant);
    else leaveOut(result.leftOut, 'not_seen');
  }
  return result;
}

export const isUserOf = (user: TaggedUser, { username, usersDb }: Grant): boolean =>
  user.user === username && user.db === usersDb;

/** Whether to compare the user of a grant now: not while a request is changing it, nor when the reaper is about to. */
export function judge(grant: Grant, now: number): { state: 'settled'; grant: ActiveGrant } | Left {
  if (grant.state === 'pending') return left('being_made');
  if (grant.state !== 'active') return left('being_ended');
  if (grant.expiresAt <= now) return left('expired');
  return grant.changingUntil > now ? left('being_changed') : { state: 'settled', grant };
}

export function leaveOut(leftOut: Record<string, number>, reason: string, count = 1): void {
  leftOut[reason] = (leftOut[reason] ?? 0) + count;
}
