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

export interface Reaped {
  due: number;
  ended: number;
  /** Seconds for which the oldest credential that should be dead has been alive; 0 if there is none. */
  oldestOverdue: number;
  /** Seconds since the last end of the daily job that is most overdue. */
  oldestJob: number;
  /** Grants that ended although a member could not be asked. */
  incomplete: number;
  /** Grants whose user is not where it was made. A person must decide what became of it. */
  unsettled: number;
  silent: string[];
  /** Steps that failed for a reason of our own. They are tried again, and somebody should look. */
  faults: number;
}

/**
 * Each minute: ends every due grant, each host by itself. At the same time rule changes and orders mark more rows and hand them to their
 * hosts. So a slow host, or a long list, delays no other host.
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
  // A row that can't be read counts, because its user may be alive.
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

/** A user that every member but the unreachable ones denies knowing counts as dead. */
const isAlive = ({ waitsFor }: LeftGrant): boolean => waitsFor !== 'member_not_asked';
