import { grantAnswer } from '../../shared/answers';
import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, type Authority, authorize, claimsOf, governs, livePerson } from '../../shared/authenticate';
import { type End, type EndDeps, endGrant } from '../../shared/end-grant';
import { ApiError } from '../../shared/errors';
import { fits, named } from '../../shared/filter';
import type { ApiResponse } from '../../shared/http';
import { refuse } from '../../shared/refuse';
import type { ApiRequest } from '../../shared/request';
import { asksOutside } from '../../shared/scope';
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
  const [person, grants] =
    email === claims.email
      ? await Promise.all([livePerson(deps, claims), grantsOf(deps.table, email, named(filter.host))])
      : await othersGrants(deps, request, { ...filter, email }, now);
  const live = grants.filter(
    (grant) =>
      counts(grant) &&
      (grant.email === person.email || governs(person, grant)) &&
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
  const [person, tokens] = await Promise.all([livePerson(deps, claims), liveTokens(deps.table, email, seconds(now))]);
  if (email !== person.email && !person.admin)
    throw await refused(deps, request, { email }, person.email, "Only admins may revoke other people's tokens.", now);
  const event = { act: 'tokens_revoked' as const, email, by: claims.email, count: tokens.length };
  const [revoked] = await Promise.all([
    Promise.all(tokens.map((token) => revokeToken(deps.table, token, seconds(now)))),
    writeEvent(deps.table, event, request, now),
  ]);
  return { status: 200, json: { revoked: revoked.filter(Boolean).length } };
}

/** For admins, and for rulers inside their scope. Everybody's are ended on one host at a time: more would hardly be meant. */
async function othersGrants(
  deps: RevokeDeps,
  request: ApiRequest,
  filter: { email: string; host?: string | undefined; db?: string | undefined },
  now: Date,
): Promise<[Authority, Grant[]]> {
  const { table } = deps;
  const { email, host } = filter;
  const person = await authorize(deps, request, now);
  if (!person.admin && (!person.scope || asksOutside(person.scope, filter))) {
    const detail = "Only admins, and rulers inside their scope, may revoke other people's grants.";
    throw await refused(deps, request, filter, person.email, detail, now);
  }
  if (email !== '*') return [person, await grantsOf(table, email, named(host))];
  const onlyHost = named(host);
  if (onlyHost === undefined)
    throw new ApiError('invalid_request', 'host: is needed to revoke the grants of everybody');
  return [person, await grantsOnHost(table, onlyHost)];
}

const refused = (
  { table }: RevokeDeps,
  request: ApiRequest,
  filter: { email: string; host?: string | undefined; db?: string | undefined },
  by: string,
  detail: string,
  now: Date,
): Promise<ApiError> => {
  const { email, host, db } = filter;
  const event = { act: 'revoke_refused', email, by, wish: { host, db } } as const;
  return refuse(table, event, new ApiError('not_allowed', detail), request, now);
};
