import type { TaggedUser } from '../../shared/mongo/tagged-users';
import type { Grant } from '../../shared/store/grants';
import { isLive } from '../../shared/store/grants';
import { differences } from './differences';

/** Both sides of a host: its users, read first, then its grants. */
export interface Sides {
  users: readonly TaggedUser[];
  /** The databases whose users could be seen. */
  seen: 'all' | readonly string[];
  /** Every grant on the host, ended ones of the last months included. */
  grants: readonly Grant[];
}

/** What does not fit, by what was read. Time has passed since, so each of it is looked at again before anything is done. */
export interface Comparison {
  orphans: { user: TaggedUser; grant: Grant | undefined }[];
  lost: Grant[];
  /** Marked as lost, and there again. */
  found: Grant[];
  drifted: Grant[];
  /** Live, and with their user. */
  present: Grant[];
  /** How many were not judged, by the reason. */
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
    const reason = notToJudge(grant, now);
    if (!reason) result.present.push(grant);
    if (reason) leaveOut(result.leftOut, reason);
    else if (grant.lostAt !== undefined) result.found.push(grant);
    else if (differences(user, grant, stack)) result.drifted.push(grant);
    // A change of the addresses was cut off: only its owner's next request knows them.
    if (!reason && grant.cidrs === undefined) leaveOut(result.leftOut, 'addresses_open');
  }
  for (const grant of grants) {
    if (grant.state !== 'active' || !isLive(grant, now) || present.has(grant)) continue;
    if (grant.lostAt !== undefined) leaveOut(result.leftOut, 'lost_before');
    else if (seen === 'all' || seen.includes(grant.usersDb)) result.lost.push(grant);
    else leaveOut(result.leftOut, 'not_seen');
  }
  return result;
}

export const isUserOf = (user: TaggedUser, { username, usersDb }: Grant): boolean =>
  user.user === username && user.db === usersDb;

/** Why the user of a grant is not compared now: a request is at it, or the reaper soon will be. */
export function notToJudge({ state, expiresAt, changingUntil }: Grant, now: number): string | undefined {
  if (state === 'pending') return 'being_made';
  if (state !== 'active') return 'being_ended';
  if (expiresAt <= now) return 'expired';
  return changingUntil > now ? 'being_changed' : undefined;
}

export function leaveOut(leftOut: Record<string, number>, reason: string, count = 1): void {
  leftOut[reason] = (leftOut[reason] ?? 0) + count;
}
