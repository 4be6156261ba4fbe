import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { revokeGrantsRoute } from '../../shared/contract/routes/revoke-grants';
import type { revokeTokensRoute } from '../../shared/contract/routes/revoke-tokens';
import { type End, type EndDeps, endGrant } from '../../shared/grants/end-grant';
import { knownSilence } from '../../shared/grants/known-silence';
import { only, readOrderedGrants } from '../../shared/grants/revoke-order';
import { endingAnswer, grantAnswer } from '../../shared/http/answers';
import { type AuthDeps, type Authority, authorize, readPerson, verifyClaims } from '../../shared/http/authenticate';
import type { Call, CallOf } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { named } from '../../shared/policy/filter';
import { asksOutside } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { readGrantsOf } from '../../shared/store/grants/reads';
import type { LivingGrant } from '../../shared/store/grants/row';
import type { GrantRows, UnreadableGrant } from '../../shared/store/grants/rows';
import { readLiveTokens, revokeToken } from '../../shared/store/links';
import { closeOrder, type Order, planOrder } from '../../shared/store/orders';
import { dropTickets } from '../../shared/store/tickets';
import { newId } from '../../shared/tokens/tokens';
import { type AwaitedCause, endGrants, type ManyEnded } from './end-grants';

export type RevokeDeps = AuthDeps & EndDeps;

/** More would not fit into one answer of Lambda, and nobody would read them. */
const mostShown = 5000;

/** Milliseconds before the deadline at which the search for rows stops. */
const toAct = 6000;

type Filter = CallOf<typeof revokeGrantsRoute>['query'] & { email: string };

/** `DELETE /grants`: ends every live grant that matches the filters, on all hosts at once. */
export async function revokeGrants(deps: RevokeDeps, call: CallOf<typeof revokeGrantsRoute>): Promise<ApiResponse> {
  const { query, request, now } = call;
  const claims = await verifyClaims(deps, call);
  const filter = { ...query, email: query.email ?? claims.email };
  const own = filter.email === claims.email;
  const [person, rows] = await (own
    ? together([readPerson(deps, claims, call), readGrantsOf(deps.table, claims.email, named(filter.host))])
    : together([requireRevoker(deps, call, filter)]));
  const order = orderOf(person, filter, call);
  // Everybody's grants may be too many to read in time, so the order is written first.
  const everybodys = filter.email === '*' ? await write(deps, call, order) : undefined;
  const { found, rest } = await find(deps, call, { order, rows });
  const stored =
    everybodys ??
    (found.grants.length > 1 ? await write(deps, call, { ...order, count: found.grants.length }) : undefined);
  const cause = { why: 'revoked' as const, by: claims.email, source: request };
  const { ends, unsaid } = stored
    ? await endGrants(deps, found.grants, cause, now)
    : await endOne(deps, found.grants, cause, now);
  if (stored && !unsaid && !rest) await closeOrder(deps.table, stored, seconds(now));
  return { status: 200, json: answer(ends, found.unreadable, rest) };
}

/** The order, in the form that outlives this request. */
function orderOf(person: Authority, filter: Filter, { request, now }: Call): Order {
  const { scope, admin } = person;
  const { requestId, ip } = request;
  return { ...filter, by: person.email, requestId, ip, at: seconds(now), ...(!admin && scope && { scope }) };
}

/** `count`: how many grants there are, if known. */
async function write({ table }: RevokeDeps, { note }: Call, { count, ...order }: Order & { count?: number }) {
  const { email, by, host, db, role, label } = order;
  const wish = { host, db, ...(role && { role }), ...(label !== undefined && { label }) };
  const [stored] = await together([
    planOrder(table, newId(), order),
    note({ act: 'revoke_ordered', email, by, wish, ...(count !== undefined && { count }) }),
  ]);
  return stored;
}

/** The grants that the order is about. `rest`: there may be more than could be read in time. */
async function find(
  { table }: RevokeDeps,
  { request }: Call,
  { order, rows }: { order: Order; rows: GrantRows | undefined },
) {
  const found: GrantRows<LivingGrant> = { grants: [], unreadable: [] };
  if (rows) return { found: only(order, rows), rest: false };
  for await (const page of readOrderedGrants(table, order)) {
    found.grants.push(...page.grants);
    found.unreadable.push(...page.unreadable);
    if (Date.now() > request.deadline - toAct) return { found, rest: true };
  }
  return { found, rest: false };
}

async function endOne(deps: RevokeDeps, grants: LivingGrant[], cause: AwaitedCause, now: Date): Promise<ManyEnded> {
  const [grant] = grants;
  if (!grant) return { ends: [], unsaid: false };
  const silence = knownSilence(deps.table, grant.host);
  return { ends: [await endGrant(deps, grant, { ...cause, silence }, now)], unsaid: false };
}

function answer(ends: End[], unreadable: UnreadableGrant[], rest: boolean) {
  const revoked = ends.flatMap((end) => (end.state === 'ended' ? [end.grant] : []));
  const pending = ends.flatMap((end) => (end.state === 'ended' ? [] : [end.grant]));
  const most = revoked.length + pending.length > mostShown || rest;
  const unread = unreadable.map(({ email, host, db, role, label }) => ({ email, host, db, role, label }));
  return {
    revoked: revoked.slice(0, mostShown).map(grantAnswer),
    pending: pending.slice(0, mostShown - Math.min(mostShown, revoked.length)).map(endingAnswer),
    ...(most && { counts: { revoked: revoked.length, pending: pending.length }, more: rest }),
    ...(unread.length > 0 && { unreadable: unread }),
  };
}

/** `DELETE /tokens`: every token and ticket of a person stops working with the next request. */
export async function revokeTokens(deps: RevokeDeps, call: CallOf<typeof revokeTokensRoute>): Promise<ApiResponse> {
  const claims = await verifyClaims(deps, call);
  const { email = claims.email } = call.query;
  const now = seconds(call.now);
  const [person, tokens] = await together([readPerson(deps, claims, call), readLiveTokens(deps.table, email, now)]);
  if (email !== person.email && !person.admin)
    throw refusalOf({ email }, person.email, "Only admins may revoke other people's tokens.");
  const event = { act: 'tokens_revoked' as const, email, by: claims.email, count: tokens.length };
  const [revoked] = await together([
    together(tokens.map((token) => revokeToken(deps.table, token, now))),
    dropTickets(deps.table, email),
    call.note(event),
  ]);
  return { status: 200, json: { revoked: revoked.filter(Boolean).length } };
}

/** Requires an admin, or a ruler inside their scope. Everybody's grants end on one host at a time: more is hardly ever meant. */
async function requireRevoker(deps: RevokeDeps, call: Call, filter: Filter): Promise<Authority> {
  const person = await authorize(deps, call);
  if (!person.admin && (!person.scope || asksOutside(person.scope, filter))) {
    const detail = "Only admins, and rulers inside their scope, may revoke other people's grants.";
    throw refusalOf(filter, person.email, detail);
  }
  if (filter.email === '*' && named(filter.host) === undefined)
    throw new ApiError('invalid_request', 'host: is needed to revoke the grants of everybody');
  return person;
}

function refusalOf(
  { email, host, db }: { email: string; host?: string | undefined; db?: string | undefined },
  by: string,
  detail: string,
): Refusal {
  return new Refusal(new ApiError('not_allowed', detail), { act: 'revoke_refused', email, by, wish: { host, db } });
}
