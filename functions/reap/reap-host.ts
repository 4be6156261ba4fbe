import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import { HostUnreachable } from '../../shared/contract/errors';
import { type Cause, endGrant, whyNotEnded } from '../../shared/grants/end-grant';
import { seconds } from '../../shared/policy/time';
import type { Source } from '../../shared/store/audit';
import type { Grant } from '../../shared/store/grants';
import { noteAnswer, noteSilence, readReach } from '../../shared/store/reach';
import type { ReapDeps, ReapRun } from './reap-deps';

/** Milliseconds for a probe. */
const probeMs = 8000;

/** How many grants of one host are ended at once. */
const perHost = 8;

/** What became of the grants of one host. */
export interface HostReaped {
  host: string;
  /** Not ended, as they are now. */
  left: Grant[];
  silent: boolean;
  faults: number;
  /** Ended although some member could not be asked. */
  incomplete: number;
}

/** What one run does at one host. */
export interface HostWork {
  /** Ends these too, after those that were there before. */
  add(grants: Grant[]): void;
  /** When all of it is done, or left to the next run. */
  finish(): Promise<HostReaped>;
}

/**
 * Ends grants on one host. Where it, or one of its members, did not answer the last time, it is probed first: a host that is silent
 * still is left alone, and one that has come back gets everything at once, whatever pauses its grants had reached.
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

  async function end(grant: Grant, found: string | undefined): Promise<void> {
    const paused = found !== 'answers' && (grant.retryAt ?? 0) > moment();
    const result = reaped.silent || paused || clock() >= run.deadline ? 'later' : await endDue(deps, grant, run.source);
    if (result === 'incomplete') reaped.incomplete += 1;
    if (result === 'fault') reaped.faults += 1;
    if (result === 'host_unreachable') reaped.silent = true;
    if (waitsForMember.includes(result)) partly = true;
    if (result === 'over' || result === 'incomplete') return;
    reaped.left.push(result === 'later' ? grant : { ...grant, waitsFor: result });
  }

  async function endAll(grants: Grant[]): Promise<void> {
    if (clock() < run.deadline) looked ??= look();
    try {
      const found = (await looked)?.found;
      await sideBySide(perHost, grants, (grant) => end(grant, found));
    } catch (fault) {
      log.error('reap_failed', { host, ...faultOf(fault) });
      reaped.faults += 1;
      reaped.left.push(...grants);
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

/** These are over as soon as the members answer, and have replicated. */
const waitsForMember = ['member_not_asked', 'still_known', 'still_accepted'];

/** `partly`: some member does not, or lags. */
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

/** `over`: nothing is left to do now; `incomplete`: the same, with a gap in its proof. Else why it is not: a code, or `fault` for what is our own. */
async function endDue(deps: ReapDeps, grant: Grant, source: Source): Promise<string> {
  const now = new Date(deps.clock());
  try {
    const end = await endGrant(deps, grant, causeOf(grant, source, deps), now);
    if (end.state === 'ended') return end.grant.proof?.notAsked.length ? 'incomplete' : 'over';
    return end.state === 'spared' ? 'over' : (whyNotEnded(end) ?? 'over');
  } catch (fault) {
    deps.log.error('reap_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    return 'fault';
  }
}

/** What was begun goes on for its own reason; else only what is still true by the time of the write ends it. */
function causeOf({ state }: Grant, source: Source, { settings: { unaskedAfter } }: ReapDeps): Cause {
  const common = { by: 'mongogrant', source, unaskedAfter };
  if (state === 'ending') return { why: 'revoked', ...common };
  return state === 'pending'
    ? { why: 'cut_off', ...common, onlyIf: 'abandoned' }
    : { why: 'expired', ...common, onlyIf: 'expired' };
}
