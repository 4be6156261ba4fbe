import * as v from 'valibot';
import { ApiError } from '../../shared/contract/errors';
import { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import { grantForPythonRoute } from '../../shared/contract/routes/grant-for-python';
import { parse } from '../../shared/http/parse';
import { readPythonForm } from '../../shared/http/read-python-form';
import { inOtherWords } from '../../shared/http/serve';
import type { GrantDeps } from './allowed-wish';
import { grantCredentials } from './grant-credentials';

/** `POST /grant/{token}`: what `POST /grants` does without a label, for clients of the Python server. Every refusal is a JSON string. */
export const grantForPython = inOtherWords<GrantDeps>(grantForPythonRoute, {
  async answer(deps, call) {
    const { request } = call;
    const form = readPythonForm(grantForPythonRoute.body, request, grantCredentialsRoute.body.entries);
    if (!form) return { status: 400, json: 'Missing valid host, db, and/or role' };
    const body = parse(grantCredentialsRoute.body, form);
    requireSmallLetters(form.host);
    const { json } = await grantCredentials(deps, {
      ...call,
      request: { ...request, bearer: request.params.token },
      body,
      query: undefined,
    });
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
});

/** Statuses about the form of a request, which refuse no login. */
const ofTheForm = [400, 413, 415];

/** This client stores a login under the host name as typed, and asks again for another spelling. That would end the first password. */
function requireSmallLetters(host: string): void {
  const small = host.toLowerCase();
  if (host !== small)
    throw new ApiError(
      'not_allowed',
      `Hosts are written in small letters here: ask for ${small}. Nothing was changed.`,
    );
}

/** The fields of the answer that this client reads. */
const login = v.object({ username: v.string(), password: v.string() });
