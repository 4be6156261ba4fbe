import { together } from '../../shared/async/together';
import { isPassing } from '../../shared/aws/aws-faults';
import { faultOf } from '../../shared/aws/fault-of';
import type { HostState } from '../../shared/aws/host-secret';
import { ApiError, HostUnreachable, hostProblem } from '../../shared/contract/errors';
import type { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import type { EndDeps } from '../../shared/grants/end-grant';
import { type KnownSilence, knownSilence } from '../../shared/grants/known-silence';
import { type AuthDeps, readPerson, verifyClaims } from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import type { Host } from '../../shared/mongo/mongo-users';
import { type Decision, decide, ruleName } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { readGrantsOf } from '../../shared/store/grants/reads';
import type { Grant } from '../../shared/store/grants/row';
import type { GrantRows } from '../../shared/store/grants/rows';
import { readRulesFor } from '../../shared/store/rules';
import { nameHost, noHost, noRule, stateOf } from './host-state';

export type GrantDeps = AuthDeps & EndDeps;

export type GrantCall = CallOf<typeof grantCredentialsRoute>;

/** A wish that a rule allows, with all that was read about it. */
export interface Allowed {
  wish: GrantCall['body'] & { email: string };
  decision: Decision;
  host: Host;
  /** Every grant of this person on this host, ended ones included. */
  rows: GrantRows;
  /** The grant of exactly this wish, in any state. */
  existing?: Grant | undefined;
  silence: KnownSilence;
  call: GrantCall;
}

/** Authenticates and decides. Every request for a grant begins with this. */
export async function allow(
  deps: GrantDeps,
  call: GrantCall,
  refused: 'grant_refused' | 'renew_refused',
): Promise<Allowed> {
  const claims = await verifyClaims(deps, call);
  return decideFor(deps, call, { refused, email: claims.email, vouch: () => readPerson(deps, claims, call) });
}

/** Whose wish it is, and how a refusal is noted. `vouch` runs beside the other reads, and throws if the person may not ask at all. */
interface Asked {
  email: string;
  refused: 'grant_refused' | 'renew_refused';
  vouch?: () => Promise<unknown>;
}

/** Decides about a wish of somebody who is known. */
export async function decideFor(deps: GrantDeps, call: GrantCall, { email, refused, vouch }: Asked): Promise<Allowed> {
  const { table, settings, secrets, log } = deps;
  const { request, now } = call;
  const wish = { ...call.body, email };
  const silence = knownSilence(table, wish.host);
  const [, rules, rows] = await together([
    vouch?.(),
    readRulesFor(table, wish.email),
    readGrantsOf(table, wish.email, wish.host),
    silence.read(),
  ]);
  const ttl = Math.min(wish.ttl ?? settings.grantTtl, settings.maxGrantTtl);
  const decision = decide(rules, wish, { ttl, now: seconds(now) });
  reportUnreadable(log, rules, call);
  const told = { wish, call, silence };
  const secret = decision.allowed ? await noteFailure(deps, told, () => secrets.host(wish.host)) : undefined;
  if (!secret || secret.retiredAt !== undefined)
    return refuse(call, refused, { wish, decision, state: stateOf(secret) });
  const isWished = ({ db, role, label }: Pick<Grant, 'db' | 'role' | 'label'>) =>
    db === wish.db && role === wish.role && label === wish.label;
  const existing = rows.grants.find(isWished);
  await noteFailure(deps, told, async () => {
    if (rows.unreadable.some(isWished)) throw unreadable();
    if (await silence.isSilent(seconds(now))) throw new HostUnreachable(wish.host, false);
  });
  const host = { name: wish.host, secret, deadline: request.deadline };
  return { wish, decision, host, rows, existing, silence, call };
}

/** Refuses a wish that no rule allows, or whose host takes no new logins. */
async function refuse(
  call: GrantCall,
  act: 'grant_refused' | 'renew_refused',
  { wish, decision, state }: Pick<Allowed, 'wish' | 'decision'> & { state: HostState },
): Promise<never> {
  const { email, host, db, role, label } = wish;
  const rule = decision.rule && ruleName(decision.rule);
  const reason = !decision.allowed ? 'not_allowed' : state === 'retired' ? 'host_retired' : 'host_unknown';
  await call.note({ act, email, reason, rule, wish: { host, db, role, label } });
  // All others get the same answer as without a rule, so that nobody learns which hosts exist.
  const mayKnow = decision.allowed && state !== 'registered' && nameHost(decision.matched, host);
  throw mayKnow ? noHost(wish, state) : noRule(wish);
}

/** Milliseconds that writing an event may take, retries included. */
const toNote = 9000;

/** If the act fails, notes that an allowed grant was not given, and throws what the person is told. */
export async function noteFailure<T>(
  deps: GrantDeps,
  { wish, call, silence }: Pick<Allowed, 'wish' | 'call' | 'silence'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (fault) {
    const { email, host, db, role, label } = wish;
    const problem = hostProblem(fault);
    // A table that did not answer the act would not answer this write either, and the function would time out without an answer.
    if (isPassing(fault) && Date.now() > call.request.deadline - toNote) throw problem;
    if (problem !== fault) deps.log.error('grant_failed', { host, ...faultOf(fault) });
    const reason = problem instanceof ApiError ? problem.code : isPassing(fault) ? 'service_busy' : 'internal';
    const event = { act: 'grant_failed', email, reason, wish: { host, db, role, label } } as const;
    await together([call.note(event), silence.learn(fault, seconds(call.now))]);
    throw problem;
  }
}

const unreadable = (): ApiError =>
  new ApiError(
    'grant_unreadable',
    "The record of this grant can't be read, so nothing can be done with it. Tell an admin, or use another label.",
  );

export const revokedMeanwhile = (): ApiError =>
  new ApiError('grant_revoked', 'This grant was revoked while you asked. Ask again if you still need it.');
