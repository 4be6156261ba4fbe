import { inputs, parseQuery } from '../../shared/api';
import { type AuthDeps, type Authority, authorize, governs } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import { cursorOf } from '../../shared/fields';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import { refuse } from '../../shared/refuse';
import type { ApiRequest } from '../../shared/request';
import { eventsOf, eventsOfAll, isPosition, placeOf, type StoredEvent, spanOf } from '../../shared/store/read-audit';
import { iso, seconds } from '../../shared/time';

/** `GET /audit`: what happened, newest first. An admin sees all, a ruler what is inside their scope, a member what is about themselves. */
export async function getAudit(deps: AuthDeps & { log: Log }, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { table } = deps;
  const { email, host, cursor, ...dates } = parseQuery(inputs.auditFilter, request);
  if (cursor !== undefined && !isPosition(cursor))
    throw new ApiError('invalid_request', 'cursor: must be the cursor of the page before');
  const person = await authorize(deps, request, now);
  const whose = email ?? (person.admin || person.scope ? undefined : person.email);
  if (whose !== undefined && whose !== person.email && !person.admin && !person.scope) {
    const problem = new ApiError(
      'not_allowed',
      'Only admins and rulers see what others did. Leave email out to see your own.',
    );
    const event = { act: 'read_refused', email: whose, by: person.email, route: request.route } as const;
    throw await refuse(table, event, problem, request, now);
  }
  const { from, to } = spanOf({ ...dates, now: seconds(now) });
  const span = { from, to: cursor !== undefined && cursor < to ? cursor : to };
  const wanted = (event: StoredEvent) => maySee(person, event) && (host === undefined || isAt(event, host));
  const { events, next } = await (whose === undefined
    ? eventsOfAll(table, span, wanted)
    : eventsOf(table, whose, span, wanted));
  return {
    status: 200,
    json: {
      events: events.map((event) => shownTo(person, event)),
      ...(next !== undefined && { cursor: cursorOf(next) }),
    },
  };
}

const isOwn = (person: Authority, { email, by }: StoredEvent): boolean => [email, by].includes(person.email);

function maySee(person: Authority, event: StoredEvent): boolean {
  if (person.admin || isOwn(person, event)) return true;
  const { host, db, which } = placeOf(event);
  return (
    host !== undefined && db !== undefined && governs(person, { email: event.email, host, db, ...(which && { which }) })
  );
}

/** A change of a rule for every host happened at each of them. */
const isAt = (event: StoredEvent, host: string): boolean => [host, '*'].includes(placeOf(event).host ?? '');

/** Without what belongs to the table only. From where others sent their requests, and which rule of others decided, is not everybody's business. */
function shownTo(person: Authority, event: StoredEvent): object {
  const { pk, sk, listPk, listSk, deleteAt, ip, rule, grant, ...facts } = event;
  const acted = (event.by ?? event.email) === person.email;
  const maySeeRule = isOwn(person, event) || event.act.startsWith('rule_');
  const { expiresAt = 0, ...ofGrant } = grant ?? {};
  const held = grant && { grant: { ...ofGrant, expires: iso(expiresAt) } };
  return { ...facts, ...held, ...((person.admin || maySeeRule) && { rule }), ...((person.admin || acted) && { ip }) };
}
