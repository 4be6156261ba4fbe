import { inputs } from '../../shared/contract/inputs';
import type { ApiResponse } from '../../shared/http/http';
import { parse, parseQuery } from '../../shared/http/parse';
import type { ApiRequest } from '../../shared/http/request';
import { mailLink } from './request-link';
import type { RequestLinkDeps } from './request-link-deps';

/** `GET /gettoken/{email}`: what `POST /links` does, for clients of the Python server. */
export async function getToken(deps: RequestLinkDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parseQuery(inputs.nothing, request);
  const { email: typed } = request.params;
  const { email } = parse(inputs.getToken, { email: typed });
  const { known } = await mailLink(deps, request, { email, terminal: false }, now);
  if (!known && deps.settings.legacyDisclose) {
    const text = `Email ${typed} not allowed by server. Contact server admin.`;
    return { status: 403, line: { type: 'text/plain', text } };
  }
  return { status: 200, json: { msg: `Sent link to ${typed} to retrieve token.` } };
}
