import type { Deployment } from '../../shared/contract/deployment';
import type { TaggedUser } from '../../shared/mongo/tagged-user';
import { grouped } from '../../shared/policy/grouped';
import { seconds } from '../../shared/policy/time';
import type { ActiveGrant, Grant } from '../../shared/store/grants/row';
import { ifInForce, isStamped } from '../../shared/store/grants/states';
import { differences } from './differences';
import { type Left, left } from './reconcile-deps';

/** Mismatches in what was read. Time has passed since, so each is checked again before anything is done. */
export interface Comparison {
  orphans: { user: TaggedUser; grant: Grant | undefined }[];
  lost: ActiveGrant[];
  /** Marked as lost, but their user is there again. */
  found: ActiveGrant[];
  drifted: ActiveGrant[];
  /** Their user is there, but their row does not say that it is on this deployment. */
  unstamped: ActiveGrant[];
  /** How many were not judged, by reason. */
  leftOut: Record<string, number>;
}

/** What a host says, and who we are. */
export interface HostSide {
  users: readonly TaggedUser[];
  /** The databases whose users could be seen. */
  seen: 'all' | readonly string[];
  stack: string;
  /** The deployment behind the host; none if it can't be told. */
  here: Deployment | undefined;
}

/**
 * Compares the users of a host, who were read first, with its grants, and with those that ended in the last months. The grants come page by
 * page, so that they are never all in memory.
 */
export async function compare(
  host: HostSide,
  pages: AsyncIterable<readonly Grant[]>,
  clock: () => number,
): Promise<Comparison> {
  const result: Comparison = { orphans: [], lost: [], found: [], drifted: [], unstamped: [], leftOut: {} };
  /** By the grant in their tag: those who have not met it. */
  const unmet = grouped(host.users, ({ tag }) => tag.grant);
  /** Grants that are in the tag of a user who is not theirs. */
  const others = new Map<string, Grant>();
  for await (const page of pages) {
    const now = seconds(new Date(clock()));
    for (const grant of page) {
      const tagged = unmet.get(grant.id) ?? [];
      const own = grant.state === 'ended' ? [] : tagged.filter((user) => isUserOf(user, grant));
      for (const user of own) see(result, host, { user, grant: judge(grant, now) });
      const active = own.length === 0 && ifInForce(grant, now);
      if (active) miss(result, host, active);
      if (own.length === tagged.length) unmet.delete(grant.id);
      else {
        others.set(grant.id, grant);
        unmet.set(
          grant.id,
          tagged.filter((user) => !own.includes(user)),
        );
      }
    }
  }
  result.orphans = [...unmet.values()].flat().map((user) => ({ user, grant: others.get(user.tag.grant) }));
  return result;
}

function see(
  result: Comparison,
  { stack, here }: HostSide,
  { user, grant: judged }: { user: TaggedUser; grant: ReturnType<typeof judge> },
): void {
  if (judged.state === 'left') {
    leaveOut(result.leftOut, judged.reason);
    return;
  }
  const { grant } = judged;
  if (here && !isStamped(grant, here)) result.unstamped.push(grant);
  if (grant.lostAt !== undefined) result.found.push(grant);
  else if (differences(user, grant, stack)) result.drifted.push(grant);
  // A change of the addresses was cut off. Only the owner's next request sets them again.
  if (grant.cidrs === undefined) leaveOut(result.leftOut, 'addresses_open');
}

function miss({ leftOut, lost }: Comparison, { seen }: HostSide, grant: ActiveGrant): void {
  if (grant.lostAt !== undefined) leaveOut(leftOut, 'lost_before');
  else if (seen === 'all' || seen.includes(grant.usersDb)) lost.push(grant);
  else leaveOut(leftOut, 'not_seen');
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
