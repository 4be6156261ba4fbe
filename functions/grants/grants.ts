import { grantAnswer } from '../../shared/answers';
import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, type Authority, claimsOf, governs, liveAuthority, livePerson } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import { cursorOf } from '../../shared/fields';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import { access } from '../../shared/policy';
import { refuse } from '../../shared/refuse';
import { reportUnreadable } from '../../shared/report-unreadable';
import type { ApiRequest } from '../../shared/request';
import { methodsOf } from '../../shared/routes';
import { asksOutside } from '../../shared/scope';
import { type Grant, grantsOf, grantsOnHost, liveGrants, liveParts } from '../../shared/store/grants';
import { rulesFor } from '../../shared/store/rules';
import type { Table } from '../../shared/store/table';
import { iso, seconds } from '../../shared/time';

/** How many grants fill a page of everybody's. */
const pageSize = 1000;

export type GrantsDeps = AuthDeps & { log: Log };

/** `GET /grants`: one's own; for admins, and for rulers inside their scope, also those of others: of a person, on a host, or (`email=*`) of everybody. */
export async function listGrants(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { cursor, ...filter } = parseQuery(inputs.grantFilter, request);
  const { email, host, db } = filter;
  const claims = await claimsOf(deps, request, now);
  const fits = (grant: Grant) => [undefined, '*', grant.host].includes(host) && [undefined, '*', grant.db].includes(db);
  const own = email === claims.email || (email === undefined && (host === undefined || host === '*'));
  if (own) {
    const [, grants] = await Promise.all([livePerson(deps, claims), grantsOf(deps.table, claims.email)]);
    return { status: 200, json: { grants: grants.filter(fits).map(grantAnswer) } };
  }
  const person = await liveAuthority(deps, claims);
  if (email !== undefined) await requireRight(deps, request, person, { ...filter, email }, now);
  const { grants, next } =
    person.admin || person.scope
      ? await othersGrants(deps.table, email, host, Number(cursor ?? 0))
      : { grants: await grantsOf(deps.table, person.email) };
  const seen = grants.filter((grant) => fits(grant) && (grant.email === person.email || governs(person, grant)));
  return {
    status: 200,
    json: { grants: seen.map(grantAnswer), ...(next !== undefined && { cursor: cursorOf(String(next)) }) },
  };
}

/** Of everybody on all hosts only those that have not ended are listed together: part after part, as many as fill a page. */
async function othersGrants(
  table: Table,
  email: string | undefined,
  host: string | undefined,
  from: number,
): Promise<{ grants: Grant[]; next?: number }> {
  if (email !== undefined && email !== '*') return { grants: await grantsOf(table, email) };
  if (host !== undefined && host !== '*') return { grants: await grantsOnHost(table, host) };
  const grants: Grant[] = [];
  for (const part of liveParts.slice(from)) {
    if (grants.length >= pageSize) return { grants, next: part };
    grants.push(...(await liveGrants(table, part)));
  }
  return { grants };
}

async function requireRight(
  deps: GrantsDeps,
  request: ApiRequest,
  person: Authority,
  filter: { email: string; host?: string | undefined; db?: string | undefined },
  now: Date,
): Promise<void> {
  if (person.admin || (person.scope && !asksOutside(person.scope, filter))) return;
  const problem = new ApiError('not_allowed', "Only admins, and rulers inside their scope, see other people's grants.");
  const event = { act: 'read_refused', email: filter.email, by: person.email, route: request.route } as const;
  throw await refuse(deps.table, event, problem, request, now);
}

/** `GET /me`: who one is, and what the rules open. */
export async function me(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parseQuery(inputs.nothing, request);
  const claims = await claimsOf(deps, request, now);
  const [person, rules] = await Promise.all([liveAuthority(deps, claims), rulesFor(deps.table, claims.email)]);
  reportUnreadable(deps.log, rules, request.requestId);
  const { email, expiresAt, admin, scope } = person;
  const ruler = scope && { hosts: scope.hosts, dbs: scope.dbs, emails: scope.emails, which: scope.which };
  const opened = access(rules, seconds(now)).map(({ host, db, role, expiresAt: end }) => ({
    host,
    db,
    role,
    ...(end !== undefined && { expires: iso(end) }),
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
export async function nothingHere(_deps: AuthDeps, request: ApiRequest): Promise<ApiResponse> {
  const methods = methodsOf(request.path);
  if (methods.length === 0) throw new ApiError('not_found', 'There is no such route.');
  throw new ApiError('method_not_allowed', `Allowed here: ${methods.join(', ')}.`);
}
