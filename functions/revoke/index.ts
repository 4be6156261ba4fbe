import { revokeGrantsRoute } from '../../shared/contract/routes/revoke-grants';
import { revokeTokensRoute } from '../../shared/contract/routes/revoke-tokens';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { openMongo } from '../../shared/mongo/open-mongo';
import { revokeGrants, revokeTokens } from './revoke';

const { deps: base, edge } = openFunction('revoke');
const deps = { ...base, ...openMongo(base.secrets) };

export const handler = serve([on(revokeGrantsRoute, revokeGrants), on(revokeTokensRoute, revokeTokens)], deps, edge);

/** Ends the connections to MongoDB. Lambda never calls it; other processes that run the function do. */
export const { close } = deps.users;
