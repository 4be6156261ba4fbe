import { ApiError } from '../../shared/contract/errors';
import { endGrant, whyNotEnded } from '../../shared/grants/end-grant';
import { grantAnswer } from '../../shared/http/answers';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { peoplesAuthorities } from '../../shared/mongo/host-ca';
import { memberUri } from '../../shared/mongo/mongo-uri';
import { iso, seconds } from '../../shared/policy/time';
import type { ActiveGrant, EndedGrant, EndingGrant, Grant, PendingGrant } from '../../shared/store/grants/row';
import { counts, ifInForce, passwordVersionOf } from '../../shared/store/grants/states';
import { type Allowed, allow, type GrantCall, type GrantDeps, noteFailure } from './allowed-wish';
import { changeGrant } from './change-grant';
import { createGrant } from './create-grant';

/** `POST /grants`: a username and a password. A known label gets a new password; a new label gets another user. */
export async function grantCredentials(deps: GrantDeps, call: GrantCall): Promise<ApiResponse> {
  const allowed = await allow(deps, call, 'grant_refused');
  const { grant, password } = await noteFailure(deps, allowed, () => giveLogin(deps, allowed));
  await allowed.silence.learnAnswer();
  const { username, db, role, label, expiresAt, usersDb } = grant;
  const { name: host, secret } = allowed.host;
  const uri = memberUri(secret, { username, password, db, usersDb });
  const login = { username, password, host, db, role, label, expires: iso(expiresAt), uri };
  const counted = { passwordVersion: passwordVersionOf(grant) };
  return { status: 201, json: { ...login, ...counted, ...peoplesAuthorities(secret) } };
}

async function giveLogin(deps: GrantDeps, allowed: Allowed): Promise<{ grant: ActiveGrant; password: string }> {
  const { existing, call } = allowed;
  if (!existing) return createGrant(deps, allowed, undefined);
  // A lost grant has a row and no user: it ends, and a new grant begins.
  const known = ifInForce(existing, seconds(call.now));
  if (known && known.lostAt === undefined) return changeGrant(deps, allowed, { existing: known, what: 'new password' });
  return createGrant(deps, allowed, await endFormer(deps, allowed, existing));
}

/** `POST /grants/renew`: another end, the same password. */
export async function renewGrant(deps: GrantDeps, call: GrantCall): Promise<ApiResponse> {
  const allowed = await allow(deps, call, 'renew_refused');
  const grant = await renewAllowed(deps, allowed);
  return { status: 200, json: { ...grantAnswer(grant), ...peoplesAuthorities(allowed.host.secret) } };
}

/** The grant with its new end. */
export async function renewAllowed(deps: GrantDeps, allowed: Allowed): Promise<ActiveGrant> {
  const existing = renewable(allowed);
  const { grant } = await noteFailure(deps, allowed, () => changeGrant(deps, allowed, { existing, what: 'renew' }));
  await allowed.silence.learnAnswer();
  return grant;
}

/** The grant to renew. Throws a Refusal if there is none, or if its user was removed on the server. */
function renewable({ existing, wish, call }: Allowed): ActiveGrant {
  const { email, host, db, role, label } = wish;
  const known = existing && ifInForce(existing, seconds(call.now));
  if (!known) {
    const detail = 'You hold no such grant, or it has ended. Ask for a new one.';
    const event = { act: 'renew_refused', email, wish: { host, db, role, label } } as const;
    throw new Refusal(new ApiError('grant_unknown', detail), event);
  }
  if (known.lostAt === undefined) return known;
  const detail = `The login of this grant was removed on ${host}, and not by mongogrant. Ask for a new one.`;
  throw new Refusal(new ApiError('grant_revoked', detail), { act: 'renew_refused', email, grant: known });
}

/** Ends what is left of the grant before, to make room for a new one. */
async function endFormer(deps: GrantDeps, { call }: Allowed, existing: Grant): Promise<EndedGrant> {
  const { request, now } = call;
  if (!counts(existing)) return existing;
  if (existing.state !== 'active') requireOver(existing, seconds(now));
  const isLost = existing.state === 'active' && existing.lostAt !== undefined;
  const why = existing.expiresAt <= seconds(now) ? 'expired' : isLost ? 'user_gone' : 'cut_off';
  const end = await endGrant(deps, existing, { why, by: existing.email, source: request }, now);
  if (end.state === 'ended') return end.grant;
  throw notCleared(whyNotEnded(end), existing.host);
}

/** Refuses while another request may be making the user of a grant, or ending it. */
function requireOver(existing: PendingGrant | EndingGrant, now: number): void {
  const endingUntil = existing.state === 'ending' ? existing.endingUntil : 0;
  const wait = Math.max(existing.creatingUntil, endingUntil) - now;
  if (wait <= 0) return;
  if (existing.unansweredAt !== undefined) throw unanswered(existing.host, wait);
  const detail = 'Another request for this grant is under way, or was cut off. Ask again in a moment.';
  throw new ApiError('grant_busy', detail, wait);
}

const unanswered = (host: string, wait: number): ApiError =>
  new ApiError(
    'host_unreachable',
    `${host} gave no answer when this login was to be made, so what came of it is not known yet. Nothing is lost: ask again in ${wait} s.`,
    wait,
  );

function notCleared(reason: string, host: string): ApiError {
  if (reason === 'grant_busy')
    return new ApiError('grant_busy', 'Another request is ending the grant before this one. Ask again in a moment.', 5);
  if (reason === 'user_not_ours')
    return new ApiError(
      'user_not_ours',
      'The MongoDB user of this grant no longer carries our mark. Tell an admin, or use another label.',
    );
  if (reason === 'other_deployment' || reason === 'deployment_unknown')
    return new ApiError(
      'host_refused',
      `The login before this one is not on the server to which ${host} leads now, so it can't be shown to be gone. Tell an admin: "mgrant grants settle" lists it. Until then, use another label.`,
    );
  if (reason === 'host_refused' || reason === 'secret_unusable' || reason === 'host_unknown' || reason === 'internal')
    return new ApiError(
      'host_refused',
      `The grant before this one could not be ended at ${host}. Ask again in a minute; if it goes on, tell an admin.`,
      60,
    );
  const detail =
    reason === 'host_unreachable' || reason === 'time_up'
      ? `The grant before this one could not be ended, as ${host} does not answer in time. Ask again in a minute.`
      : `The login before this one is not shown to be gone on every member of ${host} yet. Ask again in a minute, or use another label.`;
  return new ApiError('host_unreachable', detail, 60);
}
