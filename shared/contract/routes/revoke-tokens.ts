import * as v from 'valibot';
import { email } from '../fields/access';
import type { Route, RouteWords } from '../route';

export const revokeTokensRoute = {
  method: 'DELETE',
  path: '/tokens',
  function: 'revoke',
  query: v.strictObject({ email: v.optional(email) }),
  answers: { 200: ['tokensRevoked'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const revokeTokensWords: RouteWords = {
  id: 'revokeTokens',
  tag: 'Tokens',
  summary: 'End your tokens',
  description:
    'Every token of yours that was issued so far stops working with the next request, the one that you send included. Logins that you hold go on until they expire or are revoked. Admins may name somebody else.',
  fields: { email: 'Whose tokens, for admins. Your own without it.' },
};
