import { sideBySide } from '../../shared/async/side-by-side';
import { ApiError, type ErrorCode } from '../../shared/contract/errors';
import type { renewLoginsRoute } from '../../shared/contract/routes/renew-logins';
import type { Call, CallOf } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { seconds } from '../../shared/policy/time';
import { readTicket, type Ticket } from '../../shared/store/tickets';
import { parseTicket } from '../../shared/tokens/tickets';
import type { GrantDeps } from './allowed-wish';
import { keepLogin } from './keep-login';
import { keepPage, keptPage } from './keep-pages';
import { readRemembered } from './remembered-login';

const loginsAtOnce = 8;

/** `GET` and `HEAD /renewals/{ticket}`: the logins of a reminder, with the button that keeps them. Changes nothing. */
export async function showRenewals(deps: GrantDeps, call: Call): Promise<ApiResponse> {
  const ticket = await openTicket(deps, call);
  const logins = await readRemembered(deps.table, ticket, seconds(call.now));
  return { status: 200, page: keepPage({ email: ticket.email, ticket: call.request.params.ticket ?? '', logins }) };
}

/** `POST /renewals/{ticket}`: renews each login of a reminder by itself, and says of each what became of it. */
export async function renewLogins(deps: GrantDeps, call: CallOf<typeof renewLoginsRoute>): Promise<ApiResponse> {
  const { request } = call;
  const ticket = await openTicket(deps, call);
  const { email, id } = ticket;
  const logins = await readRemembered(deps.table, ticket, seconds(call.now));
  // The events of each renewal name the ticket, which tells them from renewals by the owner's token.
  const by = { ...call, note: (event: Parameters<Call['note']>[0]) => call.note({ ...event, link: id }) };
  const renewals = await sideBySide(loginsAtOnce, logins, (login) => keepLogin(deps, by, { email, login }));
  return request.wantsPage
    ? { status: 200, page: keptPage({ email, ticket: request.params.ticket ?? '', renewals }) }
    : { status: 200, json: { renewals } };
}

/** The ticket in a request: a 404 for one that was never mailed or is revoked, a 410 for one that is over. */
async function openTicket({ table }: GrantDeps, { request, now }: Call): Promise<Ticket> {
  const parts = parseTicket(request.params.ticket ?? '');
  const ticket = parts && (await readTicket(table, parts));
  if (!ticket) throw refusal('ticket_unknown');
  const { email, id, expiresAt } = ticket;
  if (expiresAt > seconds(now)) return ticket;
  throw new Refusal(refusal('ticket_expired'), { act: 'renew_refused', email, link: id });
}

const details = {
  ticket_unknown: 'Look whether the whole address of the mail was opened. It also ends if your tokens are revoked.',
  ticket_expired: 'The logins of that mail have come to the end that it named, unless you have kept them.',
} as const satisfies Partial<Record<ErrorCode, string>>;

const refusal = (code: keyof typeof details): ApiError =>
  new ApiError(code, `${details[code]} To see your logins, list them with your token; to get a new one, ask for it.`);
