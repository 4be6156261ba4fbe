import { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import { renewGrantRoute } from '../../shared/contract/routes/renew-grant';
import { renewLoginsRoute } from '../../shared/contract/routes/renew-logins';
import { showRenewalsRoute } from '../../shared/contract/routes/show-renewals';
import { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { openMongo } from '../../shared/mongo/open-mongo';
import { explainWhy } from './explain-why';
import { grantCredentials, renewGrant } from './grant-credentials';
import { renewLogins, showRenewals } from './keep-logins';
import { grantForPython } from './python-grant';

const { deps: base, edge } = openFunction('grant-credentials');
const deps = { ...base, ...openMongo(base.secrets) };
const served = [
  on(grantCredentialsRoute, grantCredentials),
  on(renewGrantRoute, renewGrant),
  on(showRenewalsRoute, showRenewals),
  on(renewLoginsRoute, renewLogins),
  on(whyAllowedRoute, explainWhy),
  ...(deps.settings.legacyRoutes ? [grantForPython] : []),
];

export const handler = serve(served, deps, edge);

/** Ends the connections to MongoDB. Lambda never calls it; other processes that run the function do. */
export const { close } = deps.users;
