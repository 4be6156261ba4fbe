import type { EndDeps } from '../../shared/end-grant';
import { unsettledReasons } from '../../shared/settle-grant';
import type { Settings } from '../../shared/settings';
import { sideBySide } from '../../shared/side-by-side';
import type { Source } from '../../shared/store/audit';
import { allLiveGrants, type Grant } from '../../shared/store/grants';
import { seconds } from '../../shared/time';
import { reapHost } from './reap-host';
import { sweep } from './sweep';

export interface ReapDeps extends EndDeps {
  settings: Pick<Settings, 'unaskedAfter'>;
  /** Milliseconds since 1970, as time goes on. */
  clock(): number;
}

/** What one run did, and what it left. */
export interface Reaped {
  due: number;
  ended: number;
  /** Seconds for which the oldest credential that should be dead has been alive; 0 where there is none. */
  oldestOverdue: number;
  /** Grants that ended although some member could not be asked. */
  incomplete: number;
  /** Grants whose user is not where it was made: somebody must decide what became of it. */
  unsettled: number;
  /** Hosts that did not answer. */
  silent: string[];
  /** Steps that failed for a reason of our own: they are tried again, and somebody should look. */
  faults: number;
}

const hostsAtOnce = 50;

/**
 * Each minute: sweeps what rule changes left, then ends every grant that is due, on all hosts side by side. A host that does not answer
 * holds up nobody else. Nothing new is begun after `deadline` (milliseconds since 1970); the next run goes on.
 */
export async function reap(deps: ReapDeps, source: Source, deadline: number): Promise<Reaped> {
  const now = new Date(deps.clock());
  const faultsBefore = await sweep(deps, source, now);
  const due = await allLiveGrants(deps.table, seconds(now));
  const hosts = [...new Set(due.map(({ host }) => host))];
  const runs = await sideBySide(hostsAtOnce, hosts, (host) =>
    reapHost(deps, { host, grants: due.filter((grant) => grant.host === host), source, deadline }),
  );
  const left = runs.flatMap((run) => run.left);
  const end = seconds(new Date(deps.clock()));
  return {
    due: due.length,
    ended: due.length - left.length,
    oldestOverdue: Math.max(0, ...left.filter(isAlive).map(({ dueAt = end }) => end - dueAt)),
    incomplete: runs.reduce((sum, run) => sum + run.incomplete, 0),
    unsettled: left.filter(({ waitsFor = '' }) => unsettledReasons.includes(waitsFor)).length,
    silent: runs.flatMap(({ silent, host }) => (silent ? [host] : [])),
    faults: runs.reduce((sum, run) => sum + run.faults, faultsBefore),
  };
}

/** All that is left to be shown is up to members that can't be asked: every member that can be knows no such user. */
const isAlive = ({ waitsFor }: Grant): boolean => waitsFor !== 'member_not_asked';
