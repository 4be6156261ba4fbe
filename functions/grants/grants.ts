import { together } from '../../shared/async/together';
import type { Log } from '../../shared/aws/log';
import { ApiError } from '../../shared/contract/errors';
import { inputs } from '../../shared/contract/inputs';
import { methodsOf, pythonRoutes, type Route, routesOf } from '../../shared/contract/routes';
import { grantAnswer } from '../../shared/http/answers';
import {
  type AuthDeps,
  type Authority,
  claimsOf,
  governs,
  liveAuthority,
  livePerson,
  type Person,
} from '../../shared/http/authenticate';
import { cursorTo, positionIn } from '../../shared/http/cursors';
import type { ApiResponse } from '../../shared/http/http';
import { parseQuery } from '../../shared/http/parse';
import { Refusal } from '../../shared/http/refusal';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import type { ApiRequest } from '../../shared/http/request';
import { durationText } from '../../shared/policy/durations';
import { fits, named } from '../../shared/policy/filter';
import { access } from '../../shared/policy/policy';
import { asksOutside } from '../../shared/policy/scope';
import { iso, seconds } from '../../shared/policy/time';
import { type GrantPage, grantsOfFrom, grantsOnHostFrom, liveGrantsFrom } from '../../shared/store/grant-pages';
import type { GrantRows, UnreadableGrant } from '../../shared/store/grants';
import { rulesFor } from '../../shared/store/rules';
import type { Table } from '../../shared/store/table';
import type { TokenClaims } from '../../shared/tokens/tokens';

export type GrantsDeps = AuthDeps & { log: Log };

type Wanted = (grant: Pick<UnreadableGrant, 'host' | 'db'>) => boolean;

/** What can't be read, by its key, for who can mend it. */
function unreadableIn({ admin }: Person, { unreadable }: GrantRows, wanted: Wanted) {
  const shown = admin ? unreadable.filter(wanted).map((row) => row.unreadable) : [];
  return shown.length > 0 ? { unreadable: shown } : {};
}

/** `GET /grants`: one's own; for admins, and for rulers inside their scope, also those of others: of a person, on a host, or (`email=*`) of everybody. */
export async function listGrants(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email, host, db } = parseQuery(inputs.grantFilter, request);
  const claims = await claimsOf(deps, request, now);
  const own = email === undefined ? named(host) === undefined : email === claims.email;
  const wanted: Wanted = (grant) => fits(host, grant.host) && fits(db, grant.db);
  if (!own) return othersGrants(deps, request, claims, wanted, now);
  const [person, { next, ...rows }] = await together([
    livePerson(deps, claims, now),
    positionIn(deps, request, claims.email).then((from) => grantsOfFrom(deps.table, claims.email, from)),
  ]);
  return listOf(deps, request, person, { ...rows, grants: rows.grants.filter(wanted) }, wanted, next);
}

async function othersGrants(
  deps: GrantsDeps,
  request: ApiRequest,
  claims: TokenClaims,
  wanted: Wanted,
  now: Date,
): Promise<ApiResponse> {
  const { email, host } = parseQuery(inputs.grantFilter, request);
  const person = await liveAuthority(deps, claims, request.requestId, now);
  if (email !== undefined) requireRight(request, person);
  const from = await positionIn(deps, request, person.email);
  const { next, ...rows } =
    person.admin || person.scope
      ? await pageOf(deps.table, named(email), named(host), from)
      : await grantsOfFrom(deps.table, person.email, from);
  const grants = rows.grants.filter(
    (grant) => wanted(grant) && (grant.email === person.email || governs(person, grant)),
  );
  return listOf(deps, request, person, { ...rows, grants }, wanted, next);
}

/** Of everybody on all hosts only those that have not ended are listed together. */
function pageOf(
  table: Table,
  email: string | undefined,
  host: string | undefined,
  from: string | undefined,
): Promise<GrantPage> {
  if (email !== undefined) return grantsOfFrom(table, email, from);
  return host === undefined ? liveGrantsFrom(table, from) : grantsOnHostFrom(table, host, from);
}

async function listOf(
  deps: GrantsDeps,
  request: ApiRequest,
  person: Person,
  rows: GrantRows,
  wanted: Wanted,
  next: string | undefined,
): Promise<ApiResponse> {
  const cursor = await cursorTo(deps, request, person.email, next);
  return {
    status: 200,
    json: { grants: rows.grants.map(grantAnswer), ...unreadableIn(person, rows, wanted), ...cursor },
  };
}

function requireRight(request: ApiRequest, person: Authority): void {
  const { cursor: _, email = person.email, ...wish } = parseQuery(inputs.grantFilter, request);
  if (person.admin || (person.scope && !asksOutside(person.scope, { ...wish, email }))) return;
  const problem = new ApiError('not_allowed', "Only admins, and rulers inside their scope, see other people's grants.");
  const event = { act: 'read_refused', email, by: person.email, route: request.route, wish } as const;
  throw new Refusal(problem, event);
}

/** `GET /me`: who one is, and what the rules open. */
export async function me(deps: GrantsDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parseQuery(inputs.nothing, request);
  const claims = await claimsOf(deps, request, now);
  const [person, rules] = await together([
    liveAuthority(deps, claims, request.requestId, now),
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

/** What no route matches: API Gateway's own answer would be no problem document. `OPTIONS` says what is there, and opens nothing to other origins. */
export async function nothingHere({ settings }: AuthDeps, request: ApiRequest): Promise<ApiResponse> {
  const among = routesOf(settings);
  const methods = methodsOf(request.path, among);
  if (methods.length === 0) return elsewhere(request.path, among);
  if (request.method === 'OPTIONS') return { status: 204, allow: methods };
  throw new ApiError('method_not_allowed', `Allowed here: ${methods.join(', ')}.`);
}

/** An address with a slash at its end, and another one behind it. The Python server sends its clients on, so this one does, too. */
function elsewhere(path: string, among: readonly Route[]): ApiResponse {
  const once = path.replace(/\/{2,}/g, '/');
  const isPython = (route: Route) => pythonRoutes.some((one) => one.path === route.path);
  if (methodsOf(once, among.filter(isPython)).length > 0)
    return { status: 308, location: once.split('/').map(encodeURIComponent).join('/') };
  const hint = methodsOf(once, among).length > 0 ? ' Its address has a slash too many.' : '';
  throw new ApiError('not_found', `There is no such route.${hint}`);
}
