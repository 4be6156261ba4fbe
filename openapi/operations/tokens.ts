import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

export const tokenOperations = {
  'GET /me': {
    id: 'whoAmI',
    tag: 'Tokens',
    summary: 'Who you are, and what is open to you',
    description:
      'Your address, when your token ends, whether you are an admin or a ruler, and what the rules open to you. A grant may still be refused where you do not ask for what is listed, or from elsewhere than a rule says.',
    answers: { 200: ['me'] },
    refusals: [],
  },
  'DELETE /tokens': {
    id: 'revokeTokens',
    tag: 'Tokens',
    summary: 'End your tokens',
    description:
      'Every token of yours that was issued so far stops working with the next request, the one that you send included. Logins that you hold go on until they expire or are revoked. Admins may name somebody else.',
    query: 'revokeTokens',
    fields: { email: 'Whose tokens, for admins. Your own without it.' },
    answers: { 200: ['tokensRevoked'] },
    refusals: ['not_allowed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
