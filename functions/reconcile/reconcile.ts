import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import { reasonOf } from '../../shared/grants/reason-of';
import { seconds } from '../../shared/policy/time';
import { type Source, writeEvent } from '../../shared/store/audit';
import { noteRun } from '../../shared/store/job-runs';
import { lease } from '../../shared/store/lease';
import { by, type ReconcileDeps } from './reconcile-deps';
import { type Figures, reconcileHost } from './reconcile-host';
import { beginReconciling, endReconciling, endReconcilingAt } from './reconciling';

/** One host, or all registered ones. `force` ends orphans even if there are many. */
export interface Scope {
  host?: string | undefined;
  force?: boolean | undefined;
}

/** `left`: why the host was not compared. */
export type HostReport = { host: string } & (Figures | { left: string });

export interface Reconciled {
  hosts: HostReport[];
  orphans: number;
  lost: number;
  drifted: number;
  /** Steps that failed for a reason of our own: somebody should look. */
  faults: number;
}

const hostsAtOnce = 10;
const lastActMs = 20_000;

/** Compares the MongoDB users that we tagged with the grants, both ways, on all hosts at the same time, and repairs what differs. */
export async function reconcile(
  deps: ReconcileDeps,
  source: Source,
  scope: Scope,
  deadline: number,
): Promise<Reconciled> {
  const names = scope.host === undefined ? await deps.hosts() : [scope.host];
  const hosts = await sideBySide(hostsAtOnce, names, (host) => report(deps, host, { source, scope, deadline }));
  const compared = hosts.flatMap((one) => ('left' in one ? [] : [one]));
  const sum = (of: 'orphans' | 'lost' | 'drifted' | 'faults') => compared.reduce((total, one) => total + one[of], 0);
  const left = hosts.some((one) => 'left' in one && one.left === 'time_up');
  if (scope.host === undefined && !left) await noteRun(deps.table, 'reconcile', new Date(deps.clock()));
  const failed = hosts.filter((one) => 'left' in one && one.left === 'internal').length;
  return { hosts, orphans: sum('orphans'), lost: sum('lost'), drifted: sum('drifted'), faults: sum('faults') + failed };
}

interface Run {
  source: Source;
  scope: Scope;
  deadline: number;
}

/** Only one run may have a host: two that drop the same orphan could drop the next user with its name. */
async function report(deps: ReconcileDeps, host: string, run: Run): Promise<HostReport> {
  const { table, clock } = deps;
  const { requestId } = run.source;
  if (clock() >= run.deadline) return { host, left: 'time_up' };
  const until = seconds(new Date(run.deadline)) + lease;
  try {
    const alone = await beginReconciling(table, host, { run: requestId, now: seconds(new Date(clock())), until });
    if (!alone) return { host, left: 'being_reconciled' };
    const outcome = await compareHost(deps, host, run);
    const facts = 'left' in outcome ? { reason: outcome.left } : { figures: outcome };
    const event = { act: 'reconciled', email: by, by, host, ...facts } as const;
    await writeEvent(table, event, run.source, new Date(clock()));
    if ('ours' in outcome) deps.log.info('host_compared', { host, ours: outcome.ours });
    // A drop that may still arrive must not hit the user who gets the name after the next run.
    const mayBeLate = 'leftOut' in outcome && outcome.leftOut.host_unreachable !== undefined;
    if (mayBeLate) await endReconcilingAt(table, host, { run: requestId, until: seconds(new Date(clock())) + lease });
    else await endReconciling(table, host, requestId);
    return { host, ...outcome };
  } catch (fault) {
    deps.log.error('host_not_reconciled', { host, ...faultOf(fault) });
    return { host, left: reasonOf(fault) };
  }
}

/** A fault at one host goes into its own report. */
async function compareHost(
  deps: ReconcileDeps,
  name: string,
  { source, scope, deadline }: Run,
): Promise<Figures | { left: string }> {
  try {
    const secret = await deps.secrets.host(name);
    if (!secret) return { left: 'host_unknown' };
    // Commands of the last act that began in time have a little longer.
    const host = { name, secret, deadline: Date.now() + (deadline - deps.clock()) + lastActMs };
    return await reconcileHost(deps, { host, source, deadline, force: scope.force === true });
  } catch (fault) {
    deps.log.error('host_not_reconciled', { host: name, ...faultOf(fault) });
    return { left: reasonOf(fault) };
  }
}
