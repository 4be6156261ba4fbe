import { grantAnswer } from '../../shared/answers';
import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, claimsOf, livePerson, type Person } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { access } from '../../shared/policy';
import type { ApiRequest } from '../../shared/request';
import { methodsOf } from '../../shared/routes';
import { grantsOf, grantsOnHost } from '../../shared/store/grants';
import { rulesFor } from '../../shared/store/rules';
import { iso, seconds } from '../../shared/time';

/** `GET /grants`: one's own; for admins also those of another person, or of everybody on a host. */
export async function listGrants(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email, host, db } = parseQuery(inputs.grantFilter, request);
  const claims = await claimsOf(deps, request, now);
  const onHost = email === undefined && host !== undefined && host !== '*';
  const others = onHost ? deps.settings.admins.includes(claims.email) : email !== undefined && email !== claims.email;
  const [person, grants] = await Promise.all([
    livePerson(deps, claims),
    onHost && others ? grantsOnHost(deps.table, host) : grantsOf(deps.table, email ?? claims.email),
  ]);
  if (others) requireAdmin(person, "Only admins see other people's grants.");
  const wanted = grants.filter(
    (grant) => [undefined, '*', grant.host].includes(host) && [undefined, '*', grant.db].includes(db),
  );
  return { status: 200, json: { grants: wanted.map(grantAnswer) } };
}

/** `GET /me`: who one is, and what the rules open. */
export async function me(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parseQuery(inputs.nothing, request);
  const claims = await claimsOf(deps, request, now);
  const [person, rules] = await Promise.all([livePerson(deps, claims), rulesFor(deps.table, claims.email)]);
  const { email, expiresAt, admin } = person;
  const opened = access(rules, seconds(now)).map(({ host, db, role, expiresAt: end }) => ({
    host,
    db,
    role,
    ...(end !== undefined && { expires: iso(end) }),
  }));
  return { status: 200, json: { email, expires: iso(expiresAt), admin, ruler: false, access: opened } };
}

/** What no route matches: API Gateway's own answer would be no problem document. */
export async function nothingHere(_deps: AuthDeps, request: ApiRequest): Promise<ApiResponse> {
  const methods = methodsOf(request.path);
  if (methods.length === 0) throw new ApiError('not_found', 'There is no such route.');
  throw new ApiError('method_not_allowed', `Allowed here: ${methods.join(', ')}.`);
}

function requireAdmin(person: Person, detail: string): void {
  if (!person.admin) throw new ApiError('not_allowed', detail);
}
