import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import { HostUnreachable } from '../../shared/contract/errors';
import { type Cause, endGrant, whyNotEnded } from '../../shared/grants/end-grant';
import { seconds } from '../../shared/policy/time';
import type { Source } from '../../shared/store/audit';
import type { LivingGrant } from '../../shared/store/grants/row';
import { waitOf } from '../../shared/store/grants/states';
import { noteAnswer, noteSilence, readReach } from '../../shared/store/reach';
import type { ReapDeps, ReapRun } from './reap-deps';

/** Milliseconds for a probe. */
const probeMs = 8000;

/** How many grants of one host are ended at once. */
const perHost = 8;

/** A grant that has not ended, and what it waits for. */
export interface LeftGrant {
  grant: LivingGrant;
  waitsFor: string | undefined;
}

const leftAsItIs = (grant: LivingGrant): LeftGrant => ({ grant, waitsFor: waitOf(grant) });

/** What became of the grants of one host. */
export interface HostReaped {
  host: string;
  left: LeftGrant[];
  silent: boolean;
  faults: number;
  /** Grants that ended although a member could not be asked. */
  incomplete: number;
}

export interface HostWork {
  /** Ends these too, after those that it got before. */
  add(grants: LivingGrant[]): void;
  /** Resolves when all is done, or left to the next run. */
  finish(): Promise<HostReaped>;
}

/**
 * Ends grants on one host. If the host or a member did not answer last time, it is probed first: a host that is still silent is left alone,
 * and one that is back ends all its grants now, however long their pauses had become.
 */
export function reapHost(deps: ReapDeps, host: string, run: ReapRun): HostWork {
  const { table, clock, log } = deps;
  const reaped: HostReaped = { host, left: [], silent: false, faults: 0, incomplete: 0 };
  const moment = () => seconds(new Date(clock()));
  let partly = false;
  let looked: ReturnType<typeof look> | undefined;
  let work = Promise.resolve();

  async function look() {
    const reach = await readReach(table, host);
    const found = reach && (await probe(deps, host));
    if (found === 'silent') reaped.silent = true;
    return { reach, found };
  }

  async function end(grant: LivingGrant, found: string | undefined): Promise<void> {
    const paused = found !== 'answers' && grant.state === 'ending' && (grant.retryAt ?? 0) > moment();
    if (reaped.silent || paused || clock() >= run.deadline) {
      reaped.left.push(leftAsItIs(grant));
      return;
    }
    const tried = await endDue(deps, grant, run.source);
    if (tried.state === 'incomplete') reaped.incomplete += 1;
    if (tried.state === 'failed') reaped.faults += 1;
    const waitsFor = tried.state === 'waits' ? tried.reason : undefined;
    if (waitsFor === 'host_unreachable') reaped.silent = true;
    if (waitsFor !== undefined && waitsForMember.includes(waitsFor)) partly = true;
    if (tried.state === 'waits' || tried.state === 'failed') reaped.left.push({ grant, waitsFor });
  }

  async function endAll(grants: LivingGrant[]): Promise<void> {
    if (clock() < run.deadline) looked ??= look();
    try {
      const found = (await looked)?.found;
      await sideBySide(perHost, grants, (grant) => end(grant, found));
    } catch (fault) {
      log.error('reap_failed', { host, ...faultOf(fault) });
      reaped.faults += 1;
      reaped.left.push(...grants.map(leftAsItIs));
    }
  }

  async function note(): Promise<void> {
    try {
      const { reach, found } = (await looked) ?? {};
      if (reaped.silent || partly)
        await noteSilence(table, host, { before: reach, whole: reaped.silent, now: moment() });
      else if (found === 'answers') await noteAnswer(table, host);
    } catch (fault) {
      log.error('reach_not_noted', { host, ...faultOf(fault) });
    }
  }

  return {
    add(grants) {
      work = work.then(() => endAll(grants));
    },
    async finish() {
      await work;
      await note();
      return reaped;
    },
  };
}

/** These end as soon as the members answer and have replicated. */
const waitsForMember = ['member_not_asked', 'still_known', 'still_accepted'];

/** `partly`: a member does not answer, or lags. */
async function probe({ secrets, users, log }: ReapDeps, name: string): Promise<'silent' | 'partly' | 'answers'> {
  try {
    const secret = await secrets.host(name);
    if (!secret) return 'answers';
    const { absent } = await users.probe({ name, secret, deadline: Date.now() + probeMs });
    return absent.length > 0 ? 'partly' : 'answers';
  } catch (fault) {
    log.warn('probe_failed', { host: name, ...faultOf(fault) });
    return fault instanceof HostUnreachable ? 'silent' : 'answers';
  }
}

/** `over`: nothing is left to do now. `incomplete`: over, but with a gap in its proof. `waits`: see `reason`. `failed`: a fault of ours. */
type Tried = { state: 'over' | 'incomplete' | 'failed' } | { state: 'waits'; reason: string };

async function endDue(deps: ReapDeps, grant: LivingGrant, source: Source): Promise<Tried> {
  const now = new Date(deps.clock());
  try {
    const end = await endGrant(deps, grant, causeOf(grant, source, deps), now);
    if (end.state === 'ended') return { state: end.grant.proof?.notAsked.length ? 'incomplete' : 'over' };
    return end.state === 'spared' ? { state: 'over' } : { state: 'waits', reason: whyNotEnded(end) };
  } catch (fault) {
    deps.log.error('reap_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    return { state: 'failed' };
  }
}

/** An end that has begun goes on for its own reason. Otherwise the reason must still hold when the row is written. */
function causeOf({ state }: LivingGrant, source: Source, { settings: { unaskedAfter } }: ReapDeps): Cause {
  const common = { by: 'mongogrant', source, unaskedAfter };
  if (state === 'ending') return { why: 'revoked', ...common };
  return state === 'pending'
    ? { why: 'cut_off', ...common, onlyIf: 'abandoned' }
    : { why: 'expired', ...common, onlyIf: 'expired' };
}
