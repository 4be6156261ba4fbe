import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import { reasonOf } from '../../shared/grants/reason-of';
import { stampGrants } from '../../shared/grants/stamp-grants';
import { eachPageOn, readUsersDbs } from '../../shared/store/grants/reads';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { type Comparison, compare, leaveOut } from './compare';
import { endOrphan, judgeOrphan } from './end-orphan';
import { markLost, unmarkFound } from './mark-lost';
import { type Act, left, type Outcome, type ReconcileDeps } from './reconcile-deps';
import { repairUser } from './repair-user';

export interface Figures {
  users: number;
  ours: number;
  /** Users with the tag of another stack. */
  foreign: number;
  untagged: number;
  orphans: number;
  orphansEnded: number;
  /** Live grants that were marked because they have no user. */
  lost: number;
  /** Marks that were removed. */
  found: number;
  drifted: number;
  repaired: number;
  /** How many were not judged or repaired, by reason. */
  leftOut: Record<string, number>;
  /** Steps that failed for a reason of our own. */
  faults: number;
}

export interface HostRun extends Act {
  /** Milliseconds since 1970. After it nothing new begins. */
  deadline: number;
  /** Whether to end orphans even if there are many. */
  force: boolean;
}

const atOnce = 8;

/** More orphans than this, and than half of our users, look like a mistake: another stack of the same name, or an old copy of the table. */
const plausibleOrphans = 10;

/** Compares one host. It reads the users before the grants, so a user without a row really has none. */
export async function reconcileHost(deps: ReconcileDeps, run: HostRun): Promise<Figures> {
  const { table, tagged, stackName: stack, clock } = deps;
  const { name, secret } = run.host;
  let dbs: string[] = [];
  const readDbs = async () => {
    dbs = await readUsersDbs(table, run.host);
    return dbs;
  };
  const { ours: users, foreign, untagged, seen } = await tagged.list(run.host, stack, readDbs);
  const here = await identify(deps, run);
  const found = await compare({ users, seen, stack, here }, eachPageOn(table, name), clock);
  await stamp(deps, found.unstamped, run);
  const hidden = seen === 'all' ? [] : dbs.filter((db) => !seen.includes(db));
  if (hidden.length > 0) leaveOut(found.leftOut, 'databases_not_seen', hidden.length);
  if (seen !== 'all' && secret.usersDb === undefined) leaveOut(found.leftOut, 'other_databases');
  const orphans = await confirmOrphans(deps, found, run);
  const tooMany = orphans.length > plausibleOrphans && orphans.length * 2 > users.length && !run.force;
  if (tooMany) leaveOut(found.leftOut, 'too_many_orphans', orphans.length);
  const acted = await actOn(deps, { ...found, orphans: tooMany ? [] : orphans }, run);
  const all = (kind: Kind) => acted[kind].done + acted[kind].left;
  return {
    users: users.length + foreign + untagged,
    ours: users.length,
    foreign,
    untagged,
    orphans: orphans.length,
    orphansEnded: acted.orphans.done,
    lost: acted.lost.done,
    found: acted.found.done,
    drifted: all('drifted'),
    repaired: acted.drifted.done,
    leftOut: found.leftOut,
    faults: acted.faults,
  };
}

/** The deployment behind the host. If it can't be told, nothing is stamped. */
async function identify({ users, log }: ReconcileDeps, { host }: HostRun) {
  return users.identify(host).catch((fault: unknown) => {
    log.warn('not_stamped', { host: host.name, ...faultOf(fault) });
    return undefined;
  });
}

/** Stamps the grants. If that fails, the rest still runs. */
async function stamp(deps: ReconcileDeps, grants: ActiveGrant[], { host }: HostRun): Promise<void> {
  await stampGrants(deps, host, grants).catch((fault: unknown) =>
    deps.log.warn('not_stamped', { host: host.name, ...faultOf(fault) }),
  );
}

async function confirmOrphans({ table }: ReconcileDeps, { orphans, leftOut }: Comparison, { host }: HostRun) {
  const checked = await sideBySide(atOnce, orphans, async (orphan) => {
    const judged = await judgeOrphan({ table }, orphan, host.name);
    if (judged === 'orphan') return [orphan];
    if (judged !== 'has_grant') leaveOut(leftOut, judged);
    return [];
  });
  return checked.flat();
}

type Kind = 'orphans' | 'lost' | 'found' | 'drifted';

/** Runs each task by itself: a failed task stops no other, but a silent host stops all. */
async function actOn(deps: ReconcileDeps, { leftOut, ...found }: Comparison, run: HostRun) {
  const tasks: { kind: Kind; act: () => Promise<Outcome> }[] = [
    ...found.lost.map((grant) => ({ kind: 'lost' as const, act: () => markLost(deps, grant, run) })),
    ...found.found.map((grant) => ({ kind: 'found' as const, act: () => unmarkFound(deps, grant, run) })),
    ...found.orphans.map((orphan) => ({ kind: 'orphans' as const, act: () => endOrphan(deps, orphan, run) })),
    ...found.drifted.map((grant) => ({ kind: 'drifted' as const, act: () => repairUser(deps, grant, run) })),
  ];
  const none = () => ({ done: 0, left: 0 });
  const acted = { orphans: none(), lost: none(), found: none(), drifted: none(), faults: 0 };
  let silent = false;
  await sideBySide(atOnce, tasks, async ({ kind, act }) => {
    const late = silent ? 'host_unreachable' : deps.clock() >= run.deadline ? 'time_up' : undefined;
    const outcome = late === undefined ? await attempt(deps, run, act) : left(late);
    if (outcome.state === 'done') acted[kind].done += 1;
    if (outcome.state !== 'left') return;
    acted[kind].left += 1;
    leaveOut(leftOut, outcome.reason);
    if (outcome.reason === 'host_unreachable') silent = true;
    if (outcome.reason === 'internal') acted.faults += 1;
  });
  return acted;
}

async function attempt({ log }: ReconcileDeps, { host }: HostRun, act: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await act();
  } catch (fault) {
    log.error('reconcile_failed', { host: host.name, ...faultOf(fault) });
    return left(reasonOf(fault));
  }
}
