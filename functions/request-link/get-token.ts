import * as v from 'valibot';
import { email as address } from '../../shared/contract/fields/access';
import type { getTokenRoute } from '../../shared/contract/routes/get-token';
import type { CallOf } from '../../shared/http/call';
import { parse } from '../../shared/http/parse';
import type { ApiResponse } from '../../shared/http/render';
import { mailLink } from './request-link';
import type { RequestLinkDeps } from './request-link-deps';

/** `GET /gettoken/{email}`: what `POST /links` does, for clients of the Python server. */
export async function getToken(deps: RequestLinkDeps, call: CallOf<typeof getTokenRoute>): Promise<ApiResponse> {
  const { email: typed } = call.request.params;
  const { email } = parse(v.object({ email: address }), { email: typed });
  const { known } = await mailLink(deps, call, { email, terminal: false });
  if (!known && deps.settings.legacyDisclose) {
    const text = `Email ${typed} not allowed by server. Contact server admin.`;
    return { status: 403, line: { type: 'text/plain', text } };
  }
  return { status: 200, json: { msg: `Sent link to ${typed} to retrieve token.` } };
}
