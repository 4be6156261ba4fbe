import { sideBySide } from '../../shared/async/side-by-side';
import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import { type Cause, type End, type EndDeps, endGrant } from '../../shared/grants/end-grant';
import { type KnownSilence, knownSilence } from '../../shared/grants/known-silence';
import { grouped } from '../../shared/policy/grouped';
import { seconds } from '../../shared/policy/time';
import { markEnding } from '../../shared/store/grants/ending';
import type { LivingGrant } from '../../shared/store/grants/row';

/** So few all end at once: each end writes its row first, so all rows are marked before any user is touched. */
const few = 25;
const rowsAtOnce = 50;
const usersAtOnce = 8;

/** Milliseconds before the deadline: after the first nothing begins, and by the second what began has ended. */
const toBegin = 4000;
const toEnd = 2500;

/** A cause with a deadline, because somebody waits for the answer. */
export type AwaitedCause = Cause & { source: { deadline: number } };

/** `unsaid`: some rows may not be marked yet, so the order must take care of them again. */
export interface ManyEnded {
  ends: End[];
  unsaid: boolean;
}

/**
 * Ends many grants for somebody who waits. It marks the rows first, then removes users, a few on each host at once, while there is time. The
 * rest is pending, and the reaper ends it. If one grant fails, the others still end.
 */
export async function endGrants(
  deps: EndDeps,
  grants: readonly LivingGrant[],
  cause: AwaitedCause,
  now: Date,
): Promise<ManyEnded> {
  const { deadline } = cause.source;
  const inTime = () => Date.now() < deadline - toBegin;
  const silence = silenceOf(deps, grants);
  const end = (grant: LivingGrant) => {
    const timed = { ...cause.source, deadline: deadline - toEnd };
    return attempt(deps, grant, () =>
      endGrant(deps, grant, { ...cause, source: timed, silence: silence(grant.host) }, now),
    );
  };
  if (grants.length <= few) {
    const ends = await together(grants.map(end));
    return { ends, unsaid: ends.some(isFault) };
  }
  const rows = await sideBySide(rowsAtOnce, grants, (grant) =>
    attempt(deps, grant, async () => (inTime() ? mark(deps, grant, cause, now) : left(grant, 'time_up'))),
  );
  const said = rows.filter(isSaid);
  const hosts = [...grouped(said, ({ grant }) => grant.host).values()];
  const ends = await together(
    hosts.map((ofHost) =>
      sideBySide(usersAtOnce, ofHost, async (row) => (row.state !== 'ended' && inTime() ? end(row.grant) : row)),
    ),
  );
  return { ends: [...ends.flat(), ...rows.filter((row) => !isSaid(row))], unsaid: said.length < rows.length };
}

/** The order is on record, so this writes no event: somebody waits while it marks thousands of rows. */
async function mark({ table }: EndDeps, grant: LivingGrant, cause: Cause, now: Date): Promise<End> {
  const ending = grant.state === 'ending' ? grant : await markEnding(table, grant, { ...cause, now: seconds(now) });
  return left(ending ?? grant, 'ordered');
}

async function attempt({ log }: EndDeps, grant: LivingGrant, act: () => Promise<End>): Promise<End> {
  try {
    return await act();
  } catch (fault) {
    log.error('end_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    return left(grant, 'internal');
  }
}

const left = (grant: LivingGrant, reason: string): End => ({ state: 'failed', grant, reason });
const isFault = (end: End): boolean => end.state === 'failed' && end.reason === 'internal';
const isSaid = (row: End): boolean => row.state === 'ended' || (row.state === 'failed' && row.reason === 'ordered');

/** Reads the known silence of each host once. */
function silenceOf({ table }: EndDeps, grants: readonly LivingGrant[]): (host: string) => KnownSilence | undefined {
  const known = new Map([...new Set(grants.map(({ host }) => host))].map((host) => [host, knownSilence(table, host)]));
  return (host) => known.get(host);
}
