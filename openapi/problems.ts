import { ApiError, type ErrorCode } from '../shared/contract/errors';
import type { Schema } from './schemas';

/** What each code means, and what to do. */
const meanings: Record<ErrorCode, string> = {
  invalid_request: 'A field is missing, unknown or malformed; `detail` names it and says why.',
  token_missing: 'Send your token as `Authorization: Bearer <token>`.',
  token_invalid: 'The token was not made by this service, or was changed on its way.',
  token_expired: 'The token has come to its end. Ask for a new link.',
  token_revoked: 'The token was revoked. Ask for a new link.',
  not_allowed:
    'No rule allows it, or it is not yours to see or to change. An unknown host answers the same, but to people whose rule names that host.',
  wrong_address:
    'The request went around what stands in front of the API. Send it to the public address, which `detail` names.',
  code_wrong: 'The terminal shows another code. The fifth wrong one spends the link.',
  not_found: 'There is no such route.',
  link_unknown: 'No such link was mailed, or it was long ago.',
  ticket_unknown: 'No reminder has this ticket, or the tokens of its owner were revoked since.',
  grant_unknown: 'You hold no such grant, or it has ended. Ask for a new one.',
  rule_unknown: 'There is no rule with this key.',
  ruler_unknown: 'There is no ruler with this address.',
  method_not_allowed: 'The route exists, with other methods; `Allow` names them.',
  grant_busy: 'Another request is changing this grant. Ask again in a moment.',
  grant_unreadable: "The grant's record can't be read. Tell an admin, or ask with another label.",
  grant_revoked: 'The grant was revoked meanwhile, or its user was removed on the server. Ask for a new one.',
  user_not_ours: 'A MongoDB user of that name exists and is not ours. Use another label, or tell an admin.',
  rule_changed: 'Somebody else changed the rule since you read it. Read it again.',
  ruler_changed: 'Somebody else changed the scope since you read it. Read it again.',
  link_used: 'The link has given its token. Ask for a new one.',
  link_expired: 'The link was too old. Ask for a new one.',
  ticket_expired: 'The last login of the reminder has come to the end that it had then. Ask for a new one.',
  body_too_large: 'A body may hold 8192 bytes at most.',
  unsupported_media_type: 'Send `application/json` or `application/x-www-form-urlencoded` in UTF-8.',
  too_many_requests: 'Too much was asked for from your address. `Retry-After` says when to try again.',
  too_many_grants: 'You hold as many grants on this host as one person may. Revoke one.',
  too_many_rules: 'You have set as many rules as one ruler may. Remove one.',
  internal: 'Something went wrong on our side. If it goes on, tell your admin the `requestId`.',
  host_refused:
    "The MongoDB host refused what mongogrant's own login asked of it, or the secret with that login can't be used. Tell an admin.",
  host_unreachable: 'The MongoDB host does not answer. Nothing is lost: ask again later.',
  service_busy:
    'A service of AWS behind mongogrant is overloaded, or does not answer. Ask again when `Retry-After` is over.',
};

const retryAfter = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };
const headersOf: Record<number, Schema> = {
  401: { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } },
  409: retryAfter,
  429: retryAfter,
  503: retryAfter,
};
export const problemHeaders = {
  RetryAfter: { description: 'Seconds until asking again makes sense.', schema: { type: 'integer', minimum: 1 } },
  WwwAuthenticate: { description: 'Bearer, with the code.', schema: { type: 'string' } },
};

/** The refusals of an operation: a response for each status, with its possible codes. `asPage`: a browser gets a page. */
export function problemsOf(codes: readonly ErrorCode[], asPage: boolean): Record<string, Response> {
  const statuses = [...new Set(codes.map(statusOf))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => statusOf(code) === status);
      return [
        status,
        { name: [...ofStatus, ...(asPage ? ['page'] : [])].join('-'), response: response(status, ofStatus, asPage) },
      ];
    }),
  );
}

interface Response {
  /** Equal for equal codes, so that the document holds each response once. */
  name: string;
  response: Schema;
}

export const statusOf = (code: ErrorCode): number => new ApiError(code, '').status;

function response(status: number, codes: ErrorCode[], asPage: boolean): Schema {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: example(code) }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${meanings[code]}`).join('\n\n'),
    ...(headersOf[status] && { headers: headersOf[status] }),
    content: {
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, examples },
      ...(asPage && { 'text/html': { schema: { type: 'string' } } }),
    },
  };
}

function example(code: ErrorCode) {
  const { status, title } = new ApiError(code, '');
  const detail = meanings[code].replaceAll('`', '');
  return { type: `urn:mongogrant:problem:${code}`, title, status, detail, code, requestId: 'JKJaXmPLvHcESHA=' };
}
