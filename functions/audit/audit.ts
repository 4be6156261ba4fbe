import { ApiError } from '../../shared/contract/errors';
import type { listEventsRoute } from '../../shared/contract/routes/list-events';
import { type AuthDeps, type Authority, authorize, governs } from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import { sealCursor, unsealPosition } from '../../shared/http/cursors';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { asksOutside } from '../../shared/policy/scope';
import { iso } from '../../shared/policy/time';
import { placeOf, readAllEvents, readEventsOf, type StoredEvent, spanOf } from './read-audit';

/** `GET /audit`: what happened, newest first. Admins see all, rulers what is inside their scope, members what is about themselves. */
export async function getAudit(deps: AuthDeps, call: CallOf<typeof listEventsRoute>): Promise<ApiResponse> {
  const { table } = deps;
  const { email, host, from, to } = call.query;
  const person = await authorize(deps, call);
  const whose = email ?? (person.admin || person.scope ? undefined : person.email);
  if (whose !== undefined && !mayAsk(person, whose, host)) {
    const problem = new ApiError(
      'not_allowed',
      'Only admins, and rulers inside their scope, see what others did. Leave email out to see your own.',
    );
    const event = {
      act: 'read_refused',
      email: whose,
      by: person.email,
      route: call.request.route,
      wish: { host },
    } as const;
    throw new Refusal(problem, event);
  }
  const span = spanOf({ from, to, now: call.now });
  const position = (await unsealPosition(deps, call, person.email)) ?? span.to;
  const wanted = (event: StoredEvent) => maySee(person, event) && (host === undefined || isAt(event, host));
  const { events, next } = await (whose === undefined
    ? readAllEvents(table, { ...span, to: position, wanted })
    : readEventsOf(table, whose, { ...span, to: position, wanted }));
  return {
    status: 200,
    json: {
      events: events.map((event) => shownTo(person, event)),
      ...(await sealCursor(deps, call, { email: person.email, next })),
    },
  };
}

function mayAsk(person: Authority, email: string, host: string | undefined): boolean {
  if (person.admin || email === person.email) return true;
  return person.scope !== undefined && !asksOutside(person.scope, { email, ...(host && { host }) });
}

const isOwn = (person: Authority, { email, by }: StoredEvent): boolean => [email, by].includes(person.email);

const maySee = (person: Authority, event: StoredEvent): boolean =>
  person.admin || isOwn(person, event) || isInScope(person, event);

function isInScope(person: Authority, event: StoredEvent): boolean {
  const { host, db, which } = placeOf(event);
  if (host === undefined || db === undefined) return false;
  return governs(person, { email: event.email, host, db, ...(which && { which }) });
}

/** A change of a rule for every host happened at each host. */
const isAt = (event: StoredEvent, host: string): boolean => [host, '*'].includes(placeOf(event).host ?? '');

/** Leaves out the fields for the table, and what the reader may not see: other people's addresses, deciding rules and notes. */
function shownTo(person: Authority, event: StoredEvent): object {
  const { pk, sk, listPk, listSk, deleteAt, ip, rule, grant, before, after, ...facts } = event;
  const acted = person.admin || (event.by ?? event.email) === person.email;
  const ruled = acted || isInScope(person, event);
  const { expiresAt = 0, ...ofGrant } = grant ?? {};
  const plain = (changed: object) => (ruled ? changed : { ...changed, note: undefined });
  return {
    ...facts,
    ...(grant && { grant: { ...ofGrant, expires: iso(expiresAt) } }),
    ...(before && { before: plain(before) }),
    ...(after && { after: plain(after) }),
    ...((isOwn(person, event) || person.admin || event.act.startsWith('rule_')) && { rule }),
    ...(acted && { ip }),
  };
}
