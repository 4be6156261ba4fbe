import { ApiError } from '../../shared/contract/errors';
import type { redeemLinkRoute } from '../../shared/contract/routes/redeem-link';
import type { Call, CallOf } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';
import { iso } from '../../shared/policy/time';
import { readLink, redeemLink as spendLink } from '../../shared/store/links';
import type { LinkParts } from '../../shared/tokens/tokens';
import { confirmLogin } from './confirm-login';
import { issueToken, type TokenTimes } from './issue-token';
import { redeemPage, tokenPage } from './link-pages';
import { linkProblem, parseParts, type RedeemDeps, refusalOf, refuseUse } from './link-state';
import { codePage } from './login-pages';

/** `GET` and `HEAD /links/{link}`: the page with the button, or with the field for a code. Never spends the link. */
export async function showLink(deps: RedeemDeps, call: Call): Promise<ApiResponse> {
  return showParts(deps, call, await parseParts(deps, call));
}

export async function showParts(deps: RedeemDeps, { request, now }: Call, parts: LinkParts): Promise<ApiResponse> {
  const link = await readLink(deps.table, parts);
  const problem = linkProblem(link, parts, now);
  if (!link || problem) throw refusalOf(problem ?? 'link_unknown', parts, link);
  const shown = { ...link, link: request.params.link ?? '', expires: iso(link.expiresAt) };
  return { status: 200, page: parts.terminal ? codePage(shown) : redeemPage(shown) };
}

/** `POST /links/{link}`: gives the token to one request only; for a terminal login, checks its code. */
export async function redeemLink(deps: RedeemDeps, call: CallOf<typeof redeemLinkRoute>): Promise<ApiResponse> {
  const { request, body } = call;
  const { code } = body;
  const parts = await parseParts(deps, call);
  if (parts.terminal) return confirmLogin(deps, call, { parts, code: code ?? '' });
  if (code !== undefined)
    throw new ApiError('invalid_request', 'code: is for links that a terminal asked for; this one takes none');
  const issued = await spend(deps, call, parts);
  return request.wantsPage
    ? { status: 200, page: tokenPage({ ...issued, origin: request.origin }) }
    : { status: 200, json: issued };
}

/** The token of a link that a browser asked for. */
export async function spend(deps: RedeemDeps, call: Call, parts: LinkParts) {
  const decide = (times: TokenTimes) => spendLink(deps.table, parts, times);
  const issued = await issueToken(deps, call, { ...parts, decide });
  if (!issued) return refuseUse(deps, parts, call.now);
  return issued;
}
