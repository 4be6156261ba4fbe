import { replies } from '../../../shared/contract/replies';
import { revokeTokensRoute } from '../../../shared/contract/routes/revoke-tokens';
import { whoAmIRoute } from '../../../shared/contract/routes/who-am-i';
import { ask, type ClientDeps, read } from '../api/ask-api';
import { queryOf } from '../query-of';
import type { Me } from '../replies';

/** Who asks, and what the rules open to them. */
export const readMe = (api: ClientDeps): Promise<Me> => read(api, { route: whoAmIRoute, reply: replies.me });

/** Ends all tokens of one person, and answers how many there were. */
export async function revokeTokens(api: ClientDeps, filter: { email?: string }): Promise<number> {
  const { revoked } = await ask(api, {
    ...{ route: revokeTokensRoute, query: queryOf(filter) },
    ...{ reply: replies.tokensRevoked, repeat: 'refused' },
  });
  return revoked;
}
