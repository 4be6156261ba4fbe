import { type Cause, endGrant } from '../../shared/end-grant';
import { HostUnreachable } from '../../shared/errors';
import { faultOf } from '../../shared/fault-of';
import { sideBySide } from '../../shared/side-by-side';
import type { Source } from '../../shared/store/audit';
import type { Grant } from '../../shared/store/grants';
import { noteAnswer, noteSilence, readReach } from '../../shared/store/reach';
import { seconds } from '../../shared/time';
import type { ReapDeps } from './reap';

/** Milliseconds for a probe. */
const probeMs = 8000;

/** How many grants of one host are ended at once. */
const perHost = 8;

export interface HostRun {
  host: string;
  grants: Grant[];
  source: Source;
  /** Milliseconds since 1970. */
  deadline: number;
}

/** What became of the due grants of one host. */
export interface HostReaped {
  host: string;
  /** Not ended, as they are now. */
  left: Grant[];
  silent: boolean;
  faults: number;
  /** Ended although some member could not be asked. */
  incomplete: number;
}

/**
 * Ends what is due on one host. Where it, or one of its members, did not answer the last time, it is probed first: a host that is silent
 * still is left alone, and one that has come back gets everything at once, whatever pauses its grants had reached.
 */
export async function reapHost(deps: ReapDeps, run: HostRun): Promise<HostReaped> {
  const { host, grants } = run;
  try {
    return await endAllDue(deps, run);
  } catch (fault) {
    deps.log.error('reap_failed', { host, ...faultOf(fault) });
    return { host, left: grants, silent: false, faults: 1, incomplete: 0 };
  }
}

async function endAllDue(deps: ReapDeps, { host, grants, source, deadline }: HostRun): Promise<HostReaped> {
  const { table, clock } = deps;
  if (clock() >= deadline) return { host, left: grants, silent: false, faults: 0, incomplete: 0 };
  const moment = () => seconds(new Date(clock()));
  const reach = await readReach(table, host);
  const found = reach && (await probe(deps, host));
  const run = { silent: found === 'silent', partly: false, faults: 0, incomplete: 0 };
  const left = await sideBySide(perHost, grants, async (grant) => {
    const paused = found !== 'answers' && (grant.retryAt ?? 0) > moment();
    if (run.silent || paused || clock() >= deadline) return [grant];
    const result = await endDue(deps, grant, source);
    if (result === 'incomplete') run.incomplete += 1;
    if (result === 'fault') run.faults += 1;
    if (result === 'host_unreachable') run.silent = true;
    if (waitsForMember.includes(result)) run.partly = true;
    return result === 'over' || result === 'incomplete' ? [] : [{ ...grant, waitsFor: result }];
  });
  if (run.silent || run.partly) await noteSilence(table, host, reach, moment());
  else if (found === 'answers') await noteAnswer(table, host);
  return { host, left: left.flat(), silent: run.silent, faults: run.faults, incomplete: run.incomplete };
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
    return end.reason === 'spared' ? 'over' : end.reason;
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
