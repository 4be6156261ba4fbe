import { replies } from '../../../shared/contract/replies';
import { revokeTokensRoute } from '../../../shared/contract/routes/revoke-tokens';
import { ask, type ClientDeps } from '../api/ask-api';
import { queryOf } from '../query-of';

/** Ends all tokens of one person, and answers how many there were. */
export async function revokeTokens(api: ClientDeps, filter: { email?: string }): Promise<number> {
  const { revoked } = await ask(api, {
    ...{ route: revokeTokensRoute, query: queryOf(filter) },
    ...{ answer: replies.tokensRevoked, repeat: 'refused' },
  });
  return revoked;
}
