import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import { isUnsettledReason } from '../../shared/grants/settle-grant';
import { grouped } from '../../shared/policy/grouped';
import { seconds } from '../../shared/policy/time';
import type { Source } from '../../shared/store/audit';
import { readLiveGrants } from '../../shared/store/grants/reads';
import type { LivingGrant } from '../../shared/store/grants/row';
import { carryOutOrders } from './carry-out-orders';
import { readOldestJob } from './read-oldest-job';
import type { ReapDeps } from './reap-deps';
import { type HostWork, type LeftGrant, reapHost } from './reap-host';
import { noteRowsVersion } from './rows-version';
import { sweep } from './sweep';

/** What one run did, and what it left. */
export interface Reaped {
  due: number;
  ended: number;
  /** Seconds for which the oldest credential that should be dead has been alive; 0 where there is none. */
  oldestOverdue: number;
  /** Seconds since the end of the daily job that has been without one for longest. */
  oldestJob: number;
  /** Grants that ended although some member could not be asked. */
  incomplete: number;
  /** Grants whose user is not where it was made: somebody must decide what became of it. */
  unsettled: number;
  /** Hosts that did not answer. */
  silent: string[];
  /** Steps that failed for a reason of our own: they are tried again, and somebody should look. */
  faults: number;
}

/**
 * Each minute: ends every grant that is due, each host by itself. Beside it, what rule changes and orders left to be done: these only
 * say of rows that they end, and hand them on to their hosts. So nothing that is slow, or much, holds up what is due elsewhere.
 */
export async function reap(deps: ReapDeps, source: Source, deadline: number): Promise<Reaped> {
  const run = { source, deadline };
  const hosts = new Map<string, HostWork>();
  let count = 0;
  const end = (grants: readonly LivingGrant[]) => {
    count += grants.length;
    for (const [host, ofHost] of grouped(grants, (grant) => grant.host)) {
      const work = hosts.get(host) ?? reapHost(deps, host, run);
      hosts.set(host, work);
      work.add(ofHost);
    }
  };
  const due = await readLiveGrants(deps.table, seconds(new Date(deps.clock())));
  end(due.grants);
  const marked = await together(
    [sweep, carryOutOrders, noteVersion].map((marker) => attempt(deps, () => marker(deps, run, end))),
  );
  const runs = await together([...hosts.values()].map((work) => work.finish()));
  const left = runs.flatMap((one) => one.left);
  const now = seconds(new Date(deps.clock()));
  // What can't be read may be alive.
  const alive = left.filter(isAlive).map(({ grant }) => grant);
  const overdue = [...alive, ...due.unreadable].map(({ dueAt = now }) => now - dueAt);
  return {
    due: count,
    ended: count - left.length,
    oldestOverdue: Math.max(0, ...overdue),
    oldestJob: await readOldestJob(deps),
    incomplete: runs.reduce((sum, one) => sum + one.incomplete, 0),
    unsettled: left.filter(({ waitsFor }) => isUnsettledReason(waitsFor)).length,
    silent: runs.flatMap(({ silent, host }) => (silent ? [host] : [])),
    faults: [...marked, ...runs.map((one) => one.faults)].reduce((sum, faults) => sum + faults, 0),
  };
}

async function noteVersion({ table }: ReapDeps): Promise<number> {
  await noteRowsVersion(table);
  return 0;
}

async function attempt({ log }: ReapDeps, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (fault) {
    log.error('mark_failed', faultOf(fault));
    return 1;
  }
}

/** All that is left to be shown is up to members that can't be asked: every member that can be knows no such user. */
const isAlive = ({ waitsFor }: LeftGrant): boolean => waitsFor !== 'member_not_asked';
