import * as v from 'valibot';
import { ApiError } from '../../shared/contract/errors';
import { inputs } from '../../shared/contract/inputs';
import type { InOtherWords } from '../../shared/http/http';
import { isBody, strayIn } from '../../shared/http/parse';
import type { GrantDeps } from './allowed-wish';
import { grantCredentials } from './grant-credentials';

/** `POST /grant/{token}`: what `POST /grants` does without a label, for clients of the Python server. Every refusal is one JSON text. */
export const grantForPython: InOtherWords<GrantDeps> = {
  async answer(deps, request, now) {
    if (!isBody(inputs.pythonGrant, request))
      return { status: 400, json: `Missing valid host, db, and/or role${strayIn(inputs.pythonGrant, request)}` };
    requireSmallLetters(String(request.body.host));
    const { json } = await grantCredentials(deps, { ...request, bearer: request.params.token }, now);
    return { status: 200, json: v.parse(login, json) };
  },
  refuse({ code, status, message, retryAfter }, { requestId }) {
    if (status === 401)
      return {
        status: 403,
        json: 'Cannot grant. Your token has expired, or is not one of this server. Run `mgrant init` for a new link, and then the line that its page shows.',
      };
    return {
      status: status < 500 && !ofTheForm.includes(status) ? 403 : status,
      json: `Cannot grant. ${message}${code === 'internal' ? ` (${requestId})` : ''}`,
      retryAfter,
    };
  },
};

/** What no login is refused for. */
const ofTheForm = [400, 413, 415];

/** This client keeps a login under the name as it was written, and asks anew for another spelling: that would end the password of the first. */
function requireSmallLetters(host: string): void {
  const small = host.toLowerCase();
  if (host !== small)
    throw new ApiError(
      'not_allowed',
      `Hosts are written in small letters here: ask for ${small}. Nothing was changed.`,
    );
}

/** What of the answer this client reads. */
const login = v.object({ username: v.string(), password: v.string() });
