/** The functions behind the API. */
export type FunctionName =
  | 'request-link'
  | 'redeem-link'
  | 'grant-credentials'
  | 'grants'
  | 'revoke'
  | 'rules'
  | 'audit';

/** The functions that run again and again, by the clock. */
export const scheduledJobs = ['reap', 'remind', 'reconcile'] as const;
export type ScheduledJob = (typeof scheduledJobs)[number];

/** The functions that no route leads to: AWS calls them. */
export const jobs = [...scheduledJobs, 'rotate-admin-password', 'note-feedback'] as const;
export type JobName = (typeof jobs)[number];

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  function: FunctionName;
}

/** Every route of mongogrant's own API and the function that serves it: the stack and the local gateway are made from this list. */
export const routes = [
  { method: 'POST', path: '/links', function: 'request-link' },
  { method: 'POST', path: '/links/poll', function: 'redeem-link' },
  { method: 'GET', path: '/links/{link}', function: 'redeem-link' },
  { method: 'POST', path: '/links/{link}', function: 'redeem-link' },
  { method: 'POST', path: '/grants', function: 'grant-credentials' },
  { method: 'POST', path: '/grants/renew', function: 'grant-credentials' },
  { method: 'GET', path: '/grants', function: 'grants' },
  { method: 'GET', path: '/me', function: 'grants' },
  { method: 'DELETE', path: '/grants', function: 'revoke' },
  { method: 'DELETE', path: '/tokens', function: 'revoke' },
  { method: 'GET', path: '/rules', function: 'rules' },
  { method: 'PUT', path: '/rules', function: 'rules' },
  { method: 'DELETE', path: '/rules', function: 'rules' },
  { method: 'GET', path: '/rules/why', function: 'rules' },
  { method: 'GET', path: '/rulers', function: 'rules' },
  { method: 'PUT', path: '/rulers', function: 'rules' },
  { method: 'DELETE', path: '/rulers', function: 'rules' },
  { method: 'GET', path: '/audit', function: 'audit' },
] as const satisfies readonly Route[];

/** The routes of the Python server, for its unchanged clients: served unless the setting `legacyRoutes` is off. */
export const pythonRoutes = [
  { method: 'GET', path: '/gettoken/{email}', function: 'request-link' },
  { method: 'GET', path: '/verifytoken/{link}', function: 'redeem-link' },
  { method: 'POST', path: '/grant/{token}', function: 'grant-credentials' },
  { method: 'POST', path: '/setrule/{token}', function: 'rules' },
] as const satisfies readonly Route[];

export const allRoutes: readonly Route[] = [...routes, ...pythonRoutes];

/** The routes that these settings want. */
export const routesOf = ({ legacyRoutes }: { legacyRoutes: boolean }): readonly Route[] =>
  legacyRoutes ? allRoutes : routes;

/** `METHOD /path`, as API Gateway names a route. */
export type RouteKey = OwnRouteKey | PythonRouteKey;
export type OwnRouteKey = KeyOf<(typeof routes)[number]>;
export type PythonRouteKey = KeyOf<(typeof pythonRoutes)[number]>;
type KeyOf<R> = R extends Route ? `${R['method']} ${R['path']}` : never;

/** Answers what no route matches, with a 404 or 405 problem document in place of API Gateway's own words. */
export const fallback = { key: '$default', function: 'grants' } as const;

/** The methods of a route: what is read answers HEAD as it answers GET, without the body. At the Python server a GET acts. */
export const methodsAt = ({ method, path }: Route): (Route['method'] | 'HEAD')[] =>
  method === 'GET' && !pythonRoutes.some((route) => route.path === path) ? ['GET', 'HEAD'] : [method];

/** The methods that a path answers; none for a path that is no route. */
export const methodsOf = (path: string, among: readonly Route[] = allRoutes): string[] => {
  const fitting = among.filter((route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return fitting.length === 0 ? [] : [...new Set([...fitting.flatMap(methodsAt), 'OPTIONS'])];
};
