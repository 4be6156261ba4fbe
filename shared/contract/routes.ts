import type { KeyOf, Route, RouteWords } from './route';
import { dismissRulerRoute, dismissRulerWords } from './routes/dismiss-ruler';
import { getTokenRoute, getTokenWords } from './routes/get-token';
import { grantCredentialsRoute, grantCredentialsWords } from './routes/grant-credentials';
import { grantForPythonRoute, grantForPythonWords } from './routes/grant-for-python';
import { listEventsRoute, listEventsWords } from './routes/list-events';
import { listGrantsRoute, listGrantsWords } from './routes/list-grants';
import { listRulersRoute, listRulersWords } from './routes/list-rulers';
import { listRulesRoute, listRulesWords } from './routes/list-rules';
import { pollLoginRoute, pollLoginWords } from './routes/poll-login';
import { redeemLinkRoute, redeemLinkWords } from './routes/redeem-link';
import { removeRuleRoute, removeRuleWords } from './routes/remove-rule';
import { renewGrantRoute, renewGrantWords } from './routes/renew-grant';
import { renewLoginsRoute, renewLoginsWords } from './routes/renew-logins';
import { requestLinkRoute, requestLinkWords } from './routes/request-link';
import { revokeGrantsRoute, revokeGrantsWords } from './routes/revoke-grants';
import { revokeTokensRoute, revokeTokensWords } from './routes/revoke-tokens';
import { setRuleRoute, setRuleWords } from './routes/set-rule';
import { setRuleForPythonRoute, setRuleForPythonWords } from './routes/set-rule-for-python';
import { setRulerRoute, setRulerWords } from './routes/set-ruler';
import { showLinkRoute, showLinkWords } from './routes/show-link';
import { showRenewalsRoute, showRenewalsWords } from './routes/show-renewals';
import { showStartRoute, showStartWords } from './routes/show-start';
import { verifyTokenRoute, verifyTokenWords } from './routes/verify-token';
import { whoAmIRoute, whoAmIWords } from './routes/who-am-i';
import { whyAllowedRoute, whyAllowedWords } from './routes/why-allowed';

// All routes. The stack, the local gateway and the OpenAPI document are made from these lists.

export const routes = [
  showStartRoute,
  requestLinkRoute,
  pollLoginRoute,
  showLinkRoute,
  redeemLinkRoute,
  grantCredentialsRoute,
  renewGrantRoute,
  showRenewalsRoute,
  renewLoginsRoute,
  listGrantsRoute,
  whoAmIRoute,
  revokeGrantsRoute,
  revokeTokensRoute,
  listRulesRoute,
  setRuleRoute,
  removeRuleRoute,
  whyAllowedRoute,
  listRulersRoute,
  setRulerRoute,
  dismissRulerRoute,
  listEventsRoute,
] as const satisfies readonly Route[];

/** The routes of the Python server, for its unchanged clients. The setting `legacyRoutes` switches them off. */
export const pythonRoutes = [
  getTokenRoute,
  verifyTokenRoute,
  grantForPythonRoute,
  setRuleForPythonRoute,
] as const satisfies readonly Route[];

/** The description of each route. */
export const words = {
  'GET /': showStartWords,
  'POST /links': requestLinkWords,
  'POST /links/poll': pollLoginWords,
  'GET /links/{link}': showLinkWords,
  'POST /links/{link}': redeemLinkWords,
  'POST /grants': grantCredentialsWords,
  'POST /grants/renew': renewGrantWords,
  'GET /renewals/{ticket}': showRenewalsWords,
  'POST /renewals/{ticket}': renewLoginsWords,
  'GET /grants': listGrantsWords,
  'GET /me': whoAmIWords,
  'DELETE /grants': revokeGrantsWords,
  'DELETE /tokens': revokeTokensWords,
  'GET /rules': listRulesWords,
  'PUT /rules': setRuleWords,
  'DELETE /rules': removeRuleWords,
  'GET /rules/why': whyAllowedWords,
  'GET /rulers': listRulersWords,
  'PUT /rulers': setRulerWords,
  'DELETE /rulers': dismissRulerWords,
  'GET /audit': listEventsWords,
  'GET /gettoken/{email}': getTokenWords,
  'GET /verifytoken/{link}': verifyTokenWords,
  'POST /grant/{token}': grantForPythonWords,
  'POST /setrule/{token}': setRuleForPythonWords,
} as const satisfies Record<RouteKey, RouteWords>;

export const allRoutes: readonly Route[] = [...routes, ...pythonRoutes];

export const routesOf = ({ legacyRoutes }: { legacyRoutes: boolean }): readonly Route[] =>
  legacyRoutes ? allRoutes : routes;

export type RouteKey = OwnRouteKey | PythonRouteKey;
export type OwnRouteKey = KeyOf<(typeof routes)[number]>;
export type PythonRouteKey = KeyOf<(typeof pythonRoutes)[number]>;

/** Answers paths without a route, with a 404 or 405 problem document instead of API Gateway's own words. */
export const fallback = { key: '$default', function: 'grants' } as const;

/** The methods of a route. A route that reads also answers HEAD, without a body. At the Python server a GET may change things. */
export const methodsAt = ({ method, path }: Pick<Route, 'method' | 'path'>): (Route['method'] | 'HEAD')[] =>
  method === 'GET' && !pythonRoutes.some((route) => route.path === path) ? ['GET', 'HEAD'] : [method];

/** The methods of a path; none if no route has it. */
export const methodsOf = (path: string, among: readonly Route[] = allRoutes): string[] => {
  const fitting = among.filter((route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return fitting.length === 0 ? [] : [...new Set([...fitting.flatMap(methodsAt), 'OPTIONS'])];
};
