import * as v from 'valibot';
import { inputs, isBody } from '../../shared/api';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import type { ApiRequest } from '../../shared/request';
import type { GrantDeps } from './allowed-wish';
import { grantCredentials } from './grant-credentials';

/** `POST /grant/{token}`: what `POST /grants` does without a label, for clients of the Python server. */
export async function grantForPython(deps: GrantDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  if (!isBody(inputs.pythonGrant, request)) return { status: 400, json: 'Missing valid host, db, and/or role' };
  try {
    const { json } = await grantCredentials(deps, { ...request, bearer: request.params.token }, now);
    return { status: 200, json: v.parse(login, json) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'internal') throw error;
    if (error.status === 401)
      return {
        status: 403,
        json: 'Cannot grant. Your token has expired, or is not one of this server. Run `mgrant init` for a new link, and then the line that its page shows.',
      };
    const { status, message, retryAfter } = error;
    return { status: status < 500 ? 403 : status, json: `Cannot grant. ${message}`, retryAfter };
  }
}

/** What of the answer this client reads. */
const login = v.object({ username: v.string(), password: v.string() });
