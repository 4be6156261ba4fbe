import { type Cause, type EndDeps, endGrant } from '../../shared/end-grant';
import { faultOf } from '../../shared/fault-of';
import { sideBySide } from '../../shared/side-by-side';
import type { Source } from '../../shared/store/audit';
import { allLiveGrants, type Grant } from '../../shared/store/grants';
import { noteAnswer, noteSilence, readReach } from '../../shared/store/reach';
import { seconds } from '../../shared/time';
import { sweep } from './sweep';

export interface ReapDeps extends EndDeps {
  /** Milliseconds since 1970, as time goes on. */
  clock(): number;
}

/** What one run did, and what it left. */
export interface Reaped {
  due: number;
  ended: number;
  /** Seconds for which the oldest credential that should be dead has been alive; 0 where there is none. */
  oldestOverdue: number;
  /** Hosts that did not answer. */
  silent: string[];
  /** Steps that failed for a reason of our own: they are tried again, and somebody should look. */
  faults: number;
}

/** How many grants of one host are ended at once. */
const perHost = 8;
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
    oldestOverdue: Math.max(0, ...left.map(({ dueAt = end }) => end - dueAt)),
    silent: runs.flatMap(({ silent, host }) => (silent ? [host] : [])),
    faults: runs.reduce((sum, run) => sum + run.faults, faultsBefore),
  };
}

interface HostRun {
  host: string;
  grants: Grant[];
  source: Source;
  deadline: number;
}

async function reapHost(deps: ReapDeps, { host, grants, source, deadline }: HostRun) {
  const { table, clock } = deps;
  const moment = () => seconds(new Date(clock()));
  const reach = await readReach(table, host);
  if (reach && reach.retryAt > moment()) return { host, left: grants, silent: true, faults: 0 };
  const run = { silent: false, answered: false, faults: 0 };
  const kept = await sideBySide(perHost, grants, async (grant) => {
    if (run.silent || clock() >= deadline || (grant.retryAt ?? 0) > moment()) return grant;
    const result = await endDue(deps, grant, source);
    if (result === 'fault') run.faults += 1;
    else if (result === 'host_unreachable') run.silent = true;
    else run.answered = true;
    return result === 'over' ? undefined : grant;
  });
  if (run.silent) await noteSilence(table, host, reach, moment());
  else if (reach && run.answered) await noteAnswer(table, host);
  return { host, left: kept.filter((grant) => grant !== undefined), silent: run.silent, faults: run.faults };
}

/** `over`: nothing is left to do now. Else why it is not: a code, or `fault` for what is our own. */
async function endDue(deps: ReapDeps, grant: Grant, source: Source): Promise<string> {
  const now = new Date(deps.clock());
  try {
    const end = await endGrant(deps, grant, causeOf(grant, source), now);
    if (end.state === 'ended' || end.reason === 'spared') return 'over';
    return end.reason;
  } catch (fault) {
    deps.log.error('reap_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    return 'fault';
  }
}

/** What was begun goes on for its own reason; else only what is still true by the time of the write ends it. */
function causeOf({ state }: Grant, source: Source): Cause {
  const by = 'mongogrant';
  if (state === 'ending') return { why: 'revoked', by, source };
  return state === 'pending'
    ? { why: 'cut_off', by, source, onlyIf: 'abandoned' }
    : { why: 'expired', by, source, onlyIf: 'expired' };
}
