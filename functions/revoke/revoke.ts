import { grantAnswer } from '../../shared/answers';
import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, authenticate, claimsOf, livePerson } from '../../shared/authenticate';
import { type End, type EndDeps, endGrant } from '../../shared/end-grant';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import type { ApiRequest } from '../../shared/request';
import { writeEvent } from '../../shared/store/audit';
import { counts, type Grant, grantsOf, grantsOnHost } from '../../shared/store/grants';
import { liveTokens, revokeToken } from '../../shared/store/links';
import { seconds } from '../../shared/time';

export type RevokeDeps = AuthDeps & EndDeps;

/** `DELETE /grants`: ends every live grant that the filters match, on all hosts at once. */
export async function revokeGrants(deps: RevokeDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const filter = parseQuery(inputs.revokeGrants, request);
  const claims = await claimsOf(deps, request, now);
  const email = filter.email ?? claims.email;
  if (email !== claims.email) await requireAdmin(deps, request, claims.email, email, now);
  const [, grants] = await Promise.all([livePerson(deps, claims), candidates(deps, email, filter.host)]);
  const fits = (wanted: string | undefined, value: string) =>
    wanted === undefined || wanted === '*' || wanted === value;
  const live = grants.filter(
    (grant) =>
      counts(grant) &&
      fits(filter.host, grant.host) &&
      fits(filter.db, grant.db) &&
      fits(filter.role, grant.role) &&
      fits(filter.label, grant.label),
  );
  const cause = { why: 'revoked' as const, by: claims.email, source: request };
  const ends = await Promise.all(live.map((grant) => endGrant(deps, grant, cause, now)));
  const answer = (state: End['state']) =>
    ends.filter((end) => end.state === state).map(({ grant }) => grantAnswer(grant));
  return { status: 200, json: { revoked: answer('ended'), pending: answer('pending') } };
}

/** `DELETE /tokens`: every token of a person stops working with the next request. */
export async function revokeTokens(deps: RevokeDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const filter = parseQuery(inputs.revokeTokens, request);
  const claims = await claimsOf(deps, request, now);
  const email = filter.email ?? claims.email;
  if (email !== claims.email) await requireAdmin(deps, request, claims.email, email, now);
  const [, tokens] = await Promise.all([livePerson(deps, claims), liveTokens(deps.table, email, seconds(now))]);
  const event = { act: 'tokens_revoked' as const, email, by: claims.email, count: tokens.length };
  const [revoked] = await Promise.all([
    Promise.all(tokens.map((token) => revokeToken(deps.table, token, seconds(now)))),
    writeEvent(deps.table, event, request, now),
  ]);
  return { status: 200, json: { revoked: revoked.filter(Boolean).length } };
}

/** Everybody's grants are looked up by host, as the table has no list of all of them. */
async function candidates({ table }: RevokeDeps, email: string, host: string | undefined): Promise<Grant[]> {
  if (email !== '*') return grantsOf(table, email, host === '*' ? undefined : host);
  if (host === undefined || host === '*')
    throw new ApiError('invalid_request', 'host: is needed to revoke the grants of everybody');
  return grantsOnHost(table, host);
}

async function requireAdmin(
  deps: RevokeDeps,
  request: ApiRequest,
  by: string,
  email: string,
  now: Date,
): Promise<void> {
  const person = await authenticate(deps, request, now);
  if (person.admin) return;
  await writeEvent(deps.table, { act: 'revoke_refused', email, by, reason: 'not_allowed' }, request, now);
  throw new ApiError('not_allowed', "Only admins may revoke other people's grants and tokens.");
}
