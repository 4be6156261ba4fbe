import type * as v from 'valibot';
import { grantAnswer } from '../../shared/answers';
import { inputs, parseBody } from '../../shared/api';
import { type AuthDeps, claimsOf, livePerson } from '../../shared/authenticate';
import { type EndDeps, endGrant } from '../../shared/end-grant';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { memberUri } from '../../shared/mongo-uri';
import type { Host } from '../../shared/mongo-users';
import { type Decision, decide, ruleName } from '../../shared/policy';
import type { ApiRequest } from '../../shared/request';
import { writeEvent } from '../../shared/store/audit';
import { counts, type Grant, grantsOf, inForce } from '../../shared/store/grants';
import { rulesFor } from '../../shared/store/rules';
import { iso, seconds } from '../../shared/time';
import { changeGrant } from './change-grant';
import { createGrant } from './create-grant';

export type GrantDeps = AuthDeps & EndDeps;

/** A wish that a rule allows, with all that is known about it. */
export interface Allowed {
  wish: v.InferOutput<typeof inputs.grant> & { email: string };
  decision: Decision;
  host: Host;
  /** Every grant of this person on this host, ended ones included. */
  grants: Grant[];
  /** The grant of exactly this wish, in whatever state. */
  existing?: Grant | undefined;
  request: ApiRequest;
  now: Date;
}

/** `POST /grants`: a username and a password. A known label gets a new password, another label another user. */
export async function grantCredentials(deps: GrantDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const allowed = await allow(deps, request, now, 'grant_refused');
  const { existing, host } = allowed;
  const known = existing && inForce(existing, seconds(now));
  const before = existing && !known ? await clear(deps, existing, request, now) : undefined;
  const { grant, password } = known
    ? await changeGrant(deps, allowed, existing, 'new password')
    : await createGrant(deps, allowed, before);
  const { username, db, role, label, expiresAt, usersDb } = grant;
  const uri = memberUri(host.secret, { username, password, db, usersDb });
  return { status: 201, json: { username, password, host: host.name, db, role, label, expires: iso(expiresAt), uri } };
}

/** `POST /grants/renew`: another end, the same password. */
export async function renewGrant(deps: GrantDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const allowed = await allow(deps, request, now, 'renew_refused');
  const { existing } = allowed;
  if (!existing || !inForce(existing, seconds(now)))
    throw new ApiError(
      'grant_unknown',
      'You hold no such grant, or it has ended. Ask for a new one with POST /grants.',
    );
  const { grant } = await changeGrant(deps, allowed, existing, 'renew');
  return { status: 200, json: grantAnswer(grant) };
}

async function allow(
  deps: GrantDeps,
  request: ApiRequest,
  now: Date,
  refused: 'grant_refused' | 'renew_refused',
): Promise<Allowed> {
  const { table, settings, secrets, log } = deps;
  const input = parseBody(inputs.grant, request);
  const claims = await claimsOf(deps, request, now);
  const wish = { ...input, email: claims.email };
  const [, rules, grants] = await Promise.all([
    livePerson(deps, claims),
    rulesFor(table, wish.email),
    grantsOf(table, wish.email, wish.host),
  ]);
  const ttl = Math.min(input.ttl ?? settings.grantTtl, settings.maxGrantTtl);
  const decision = decide(rules, wish, { ttl, now: seconds(now) });
  if (decision.rule && 'unreadable' in decision.rule) log.error('rule_unreadable', { requestId: request.requestId });
  const secret = decision.allowed ? await secrets.host(wish.host) : undefined;
  if (!secret) {
    const { host, db, role, label } = wish;
    const rule = decision.rule && ruleName(decision.rule);
    const reason = decision.allowed ? 'host_unknown' : 'not_allowed';
    await writeEvent(
      table,
      { act: refused, email: wish.email, reason, rule, wish: { host, db, role, label } },
      request,
      now,
    );
    // One answer for both: who may not use a host does not learn whether it exists.
    throw new ApiError(
      'not_allowed',
      `No rule gives you ${role} on ${db} at ${host}. GET /me shows what you may use; ask an admin for more.`,
    );
  }
  const existing = grants.find(({ db, role, label }) => db === wish.db && role === wish.role && label === wish.label);
  return { wish, decision, host: { name: wish.host, secret }, grants, existing, request, now };
}

/** Makes way for a new grant: what is left of the one before it ends first. */
async function clear(deps: GrantDeps, existing: Grant, request: ApiRequest, now: Date): Promise<Grant> {
  if (!counts(existing)) return existing;
  const wait = Math.max(existing.creatingUntil, existing.endingUntil) - seconds(now);
  if (wait > 0)
    throw new ApiError(
      'grant_busy',
      'Another request for this grant is under way, or was cut off. Ask again in a moment.',
      wait,
    );
  const why = existing.expiresAt <= seconds(now) ? 'expired' : 'cut_off';
  const end = await endGrant(deps, existing, { why, by: existing.email, source: request }, now);
  if (end.state === 'ended') return end.grant;
  if (end.reason === 'grant_busy')
    throw new ApiError('grant_busy', 'Another request is ending the grant before this one. Ask again in a moment.', 5);
  if (end.reason === 'user_not_ours')
    throw new ApiError(
      'user_not_ours',
      'The MongoDB user of this grant no longer carries our mark. Tell an admin, or use another label.',
    );
  throw new ApiError(
    end.reason === 'host_unreachable' ? 'host_unreachable' : 'host_refused',
    `The grant before this one could not be ended at ${existing.host}. Ask again in a minute; if it goes on, tell an admin.`,
    60,
  );
}
