import { ApiError } from '../../shared/contract/errors';
import type { Route } from '../../shared/contract/route';
import { methodsOf, pythonRoutes, routesOf } from '../../shared/contract/routes';
import type { AuthDeps } from '../../shared/http/authenticate';
import type { Call } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';

/** Answers what no route matches: API Gateway's own answer is no problem document. `OPTIONS` opens nothing to other origins. */
export async function answerRest({ settings }: AuthDeps, { request }: Call): Promise<ApiResponse> {
  const among = routesOf(settings);
  const allow = methodsOf(request.path, among);
  if (allow.length === 0) return elsewhere(request.path, among);
  if (request.method === 'OPTIONS') return { status: 204, allow };
  throw new ApiError('method_not_allowed', `Allowed here: ${allow.join(', ')}.`, undefined, { allow });
}

/** Redirects a path with a double slash, which comes from an address that ends in one. The Python server does so, too. */
function elsewhere(path: string, among: readonly Route[]): ApiResponse {
  const once = path.replace(/\/{2,}/g, '/');
  const forPython = among.filter((route) => pythonRoutes.some((one) => one.path === route.path));
  if (methodsOf(once, forPython).length > 0)
    return { status: 308, location: once.split('/').map(encodeURIComponent).join('/') };
  throw new ApiError('not_found', `There is no such route.${hintFor(once, among)}`);
}

function hintFor(path: string, among: readonly Route[]): string {
  if (methodsOf(path, among).length > 0) return ' Its address has a slash too many.';
  // A Python client has an empty token between `mgrant init` and `mgrant settoken`.
  const withToken = pythonRoutes.some((route) => route.path === `${path}{token}` && among.includes(route));
  return withToken ? ' Its address holds no token yet: run the line that the page behind your mailed link shows.' : '';
}
