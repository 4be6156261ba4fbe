import { grantAnswer } from '../../shared/answers';
import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, type Authority, claimsOf, governs, liveAuthority, livePerson } from '../../shared/authenticate';
import { cursorTo, positionIn } from '../../shared/cursors';
import { durationText } from '../../shared/durations';
import { ApiError } from '../../shared/errors';
import { fits, named } from '../../shared/filter';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import { access } from '../../shared/policy';
import { refuse } from '../../shared/refuse';
import { reportUnreadable } from '../../shared/report-unreadable';
import type { ApiRequest } from '../../shared/request';
import { methodsOf, routesOf } from '../../shared/routes';
import { asksOutside } from '../../shared/scope';
import { type Grant, grantsOf, grantsOnHostFrom, liveGrants, liveParts } from '../../shared/store/grants';
import { rulesFor } from '../../shared/store/rules';
import type { Table } from '../../shared/store/table';
import { iso, seconds } from '../../shared/time';
import type { TokenClaims } from '../../shared/tokens';

/** How many grants fill a page of everybody's. */
const pageSize = 1000;

export type GrantsDeps = AuthDeps & { log: Log };

/** `GET /grants`: one's own; for admins, and for rulers inside their scope, also those of others: of a person, on a host, or (`email=*`) of everybody. */
export async function listGrants(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email, host, db, cursor } = parseQuery(inputs.grantFilter, request);
  const claims = await claimsOf(deps, request, now);
  const own = email === undefined ? named(host) === undefined : email === claims.email;
  const wanted = (grant: Grant) => fits(host, grant.host) && fits(db, grant.db);
  if (!own) return othersGrants(deps, request, claims, wanted, now);
  if (cursor !== undefined) throw new ApiError('invalid_request', 'cursor: this list has one page only');
  const [, grants] = await Promise.all([livePerson(deps, claims), grantsOf(deps.table, claims.email)]);
  return { status: 200, json: { grants: grants.filter(wanted).map(grantAnswer) } };
}

async function othersGrants(
  deps: GrantsDeps,
  request: ApiRequest,
  claims: TokenClaims,
  wanted: (grant: Grant) => boolean,
  now: Date,
): Promise<ApiResponse> {
  const { email, host } = parseQuery(inputs.grantFilter, request);
  const person = await liveAuthority(deps, claims, request.requestId);
  if (email !== undefined) await requireRight(deps, request, person, now);
  const from = await positionIn(deps, request, person.email);
  const { grants, next } =
    person.admin || person.scope
      ? await pageOf(deps.table, named(email), named(host), from)
      : { grants: await grantsOf(deps.table, person.email) };
  const seen = grants.filter((grant) => wanted(grant) && (grant.email === person.email || governs(person, grant)));
  const cursor = await cursorTo(deps, request, person.email, next);
  return { status: 200, json: { grants: seen.map(grantAnswer), ...cursor } };
}

/** Of everybody on all hosts only those that have not ended are listed together: part after part, as many as fill a page. */
async function pageOf(
  table: Table,
  email: string | undefined,
  host: string | undefined,
  from: string | undefined,
): Promise<{ grants: Grant[]; next?: string }> {
  if (email !== undefined) return { grants: await grantsOf(table, email) };
  if (host !== undefined) return grantsOnHostFrom(table, host, from, pageSize);
  const grants: Grant[] = [];
  for (const part of liveParts.slice(Number(from ?? 0))) {
    if (grants.length >= pageSize) return { grants, next: String(part) };
    grants.push(...(await liveGrants(table, part)));
  }
  return { grants };
}

async function requireRight(deps: GrantsDeps, request: ApiRequest, person: Authority, now: Date): Promise<void> {
  const { cursor: _, email = person.email, ...wish } = parseQuery(inputs.grantFilter, request);
  if (person.admin || (person.scope && !asksOutside(person.scope, { ...wish, email }))) return;
  const problem = new ApiError('not_allowed', "Only admins, and rulers inside their scope, see other people's grants.");
  const event = { act: 'read_refused', email, by: person.email, route: request.route, wish } as const;
  throw await refuse(deps.table, event, problem, request, now);
}

/** `GET /me`: who one is, and what the rules open. */
export async function me(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parseQuery(inputs.nothing, request);
  const claims = await claimsOf(deps, request, now);
  const [person, rules] = await Promise.all([
    liveAuthority(deps, claims, request.requestId),
    rulesFor(deps.table, claims.email),
  ]);
  reportUnreadable(deps.log, rules, request.requestId);
  const { email, expiresAt, admin, scope } = person;
  const ruler = scope && { hosts: scope.hosts, dbs: scope.dbs, emails: scope.emails, which: scope.which };
  const opened = access(rules, seconds(now)).map(({ host, db, role, expiresAt: end, maxTtl, cidrs }) => ({
    host,
    db,
    role,
    ...(end !== undefined && { expires: iso(end) }),
    ...(maxTtl !== undefined && { maxTtl: durationText(maxTtl) }),
    ...(cidrs && { cidrs }),
  }));
  return {
    status: 200,
    json: {
      email,
      expires: iso(expiresAt),
      admin,
      ruler: ruler !== undefined,
      ...(ruler && { scope: ruler }),
      access: opened,
    },
  };
}

/** What no route matches: API Gateway's own answer would be no problem document. */
export async function nothingHere({ settings }: AuthDeps, request: ApiRequest): Promise<ApiResponse> {
  const methods = methodsOf(request.path, routesOf(settings));
  if (methods.length === 0) throw new ApiError('not_found', 'There is no such route.');
  throw new ApiError('method_not_allowed', `Allowed here: ${methods.join(', ')}.`);
}
