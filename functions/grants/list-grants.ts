import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { grantAnswer } from '../../shared/http/answers';
import {
  type AuthDeps,
  type Authority,
  governs,
  type Person,
  readAuthority,
  readPerson,
  verifyClaims,
} from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import { sealCursor, unsealPosition } from '../../shared/http/cursors';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { fits, named } from '../../shared/policy/filter';
import { asksOutside } from '../../shared/policy/scope';
import { type GrantPage, pageGrantsOf, pageGrantsOn, pageLiveGrants } from '../../shared/store/grants/pages';
import type { GrantRows, UnreadableGrant } from '../../shared/store/grants/rows';
import type { Table } from '../../shared/store/table';
import type { TokenClaims } from '../../shared/tokens/tokens';

type ListCall = CallOf<typeof listGrantsRoute>;

/** `GET /grants`: your own. Admins, and rulers inside their scope, also list those of a person, on a host, or (`email=*`) of everybody. */
export async function listGrants(deps: AuthDeps, call: ListCall): Promise<ApiResponse> {
  const { email, host } = call.query;
  const claims = await verifyClaims(deps, call);
  const own = email === undefined ? named(host) === undefined : email === claims.email;
  const [person, page] = await (own ? readOwnGrants(deps, call, claims) : readOthersGrants(deps, call, claims));
  const { grants, unreadable } = wantedIn(page, call);
  const seen = grants.filter((grant) => grant.email === person.email || governs(person, grant));
  const cursor = await sealCursor(deps, call, { email: person.email, next: page.next });
  return { status: 200, json: { grants: seen.map(grantAnswer), ...shownTo(person, unreadable), ...cursor } };
}

function readOwnGrants(deps: AuthDeps, call: ListCall, claims: TokenClaims): Promise<[Person, GrantPage]> {
  return together([
    readPerson(deps, claims, call),
    unsealPosition(deps, call, claims.email).then((from) => pageGrantsOf(deps.table, claims.email, from)),
  ]);
}

async function readOthersGrants(deps: AuthDeps, call: ListCall, claims: TokenClaims): Promise<[Authority, GrantPage]> {
  const { email, host } = call.query;
  const person = await readAuthority(deps, claims, call);
  if (email !== undefined) requireRight(call, person);
  const from = await unsealPosition(deps, call, person.email);
  const whose = { email: named(email), host: named(host), from };
  const page =
    person.admin || person.scope
      ? await readPage(deps.table, whose)
      : await pageGrantsOf(deps.table, person.email, from);
  return [person, page];
}

/** A list of everybody's grants on all hosts holds only those that have not ended. */
function readPage(
  table: Table,
  { email, host, from }: Record<'email' | 'host' | 'from', string | undefined>,
): Promise<GrantPage> {
  if (email !== undefined) return pageGrantsOf(table, email, from);
  return host === undefined ? pageLiveGrants(table, from) : pageGrantsOn(table, host, from);
}

function wantedIn({ grants, unreadable }: GrantRows, { query: { host, db } }: ListCall): GrantRows {
  const isWanted = (grant: Pick<UnreadableGrant, 'host' | 'db'>) => fits(host, grant.host) && fits(db, grant.db);
  return { grants: grants.filter(isWanted), unreadable: unreadable.filter(isWanted) };
}

/** Shows admins, who can mend them, the keys of the rows that can't be read. */
const shownTo = ({ admin }: Person, unreadable: UnreadableGrant[]) =>
  admin && unreadable.length > 0 ? { unreadable: unreadable.map((row) => row.unreadable) } : {};

function requireRight({ request, query }: ListCall, person: Authority): void {
  const { cursor: _, email = person.email, ...wish } = query;
  if (person.admin || (person.scope && !asksOutside(person.scope, { ...wish, email }))) return;
  const problem = new ApiError('not_allowed', "Only admins, and rulers inside their scope, see other people's grants.");
  const event = { act: 'read_refused', email, by: person.email, route: request.route, wish } as const;
  throw new Refusal(problem, event);
}
