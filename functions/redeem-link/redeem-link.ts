import { ApiError } from '../../shared/contract/errors';
import { inputs } from '../../shared/contract/inputs';
import type { ApiResponse } from '../../shared/http/http';
import { redeemPage, tokenPage } from '../../shared/http/page';
import { parse } from '../../shared/http/parse';
import type { ApiRequest } from '../../shared/http/request';
import { iso } from '../../shared/policy/time';
import { readLink, redeemLink as spendLink } from '../../shared/store/links';
import type { LinkParts } from '../../shared/tokens/tokens';
import { confirmLogin } from './confirm-login';
import { issueToken } from './issue-token';
import { linkProblem, partsOf, type RedeemDeps, refusal, refuseUse } from './link-state';
import { codePage } from './login-pages';

/** `GET` and `HEAD /links/{link}`: the page with the button, or the field for a code. Never spends the link. */
export async function showLink(deps: RedeemDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  return pageOf(deps, request, await partsOf(deps, request), now);
}

export async function pageOf(deps: RedeemDeps, request: ApiRequest, parts: LinkParts, now: Date): Promise<ApiResponse> {
  const link = await readLink(deps.table, parts);
  const problem = linkProblem(link, parts, now);
  if (!link || problem) throw refusal(problem ?? 'link_unknown', parts.terminal, parts.email);
  const shown = { ...link, link: request.params.link ?? '', expires: iso(link.expiresAt) };
  return { status: 200, page: parts.terminal ? codePage(shown) : redeemPage(shown) };
}

/** `POST /links/{link}`: the token, to one request only; for a terminal login, the look at its code. */
export async function redeemLink(deps: RedeemDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { code } = parse(inputs.redeem, request.body);
  const parts = await partsOf(deps, request);
  if (parts.terminal) return confirmLogin(deps, request, { parts, code: code ?? '' }, now);
  if (code !== undefined)
    throw new ApiError('invalid_request', 'code: is for links that a terminal asked for; this one takes none');
  const issued = await spend(deps, request, parts, now);
  return request.wantsPage
    ? { status: 200, page: tokenPage({ ...issued, origin: request.origin }) }
    : { status: 200, json: issued };
}

/** The token of a link that no terminal asked for. */
export async function spend(deps: RedeemDeps, request: ApiRequest, parts: LinkParts, now: Date) {
  const issued = await issueToken(deps, request, parts, (times) => spendLink(deps.table, parts, times), now);
  if (!issued) return refuseUse(deps, parts, now);
  return issued;
}
