import type { ApiResponse, InOtherWords } from '../../shared/http/http';
import type { ApiRequest } from '../../shared/http/request';
import { partsOf, type RedeemDeps, refusal } from './link-state';
import { pageOf, spend } from './redeem-link';

/**
 * `GET /verifytoken/{link}`: a browser gets the page with the button, as at `GET /links/{link}`; what is no browser redeems the link, as
 * it does at the Python server. Links of terminals are nothing here.
 */
export const verifyToken: InOtherWords<RedeemDeps> = {
  async answer(deps, request, now) {
    if (request.wantsPage) return pageOf(deps, request, await plainLink(deps, request), now);
    const { token, expires } = await spend(deps, request, await plainLink(deps, request), now);
    return told(`Fetch token: ${token} (expires ${pythonTime(expires)} UTC)`);
  },
  refuse: ({ code }, { wantsPage }) =>
    code.startsWith('link_') && !wantsPage ? told('Link tokens expire. Request again.') : undefined,
};

const told = (text: string): ApiResponse => ({ status: 200, line: { type: 'text/html', text } });

async function plainLink(deps: RedeemDeps, request: ApiRequest) {
  const parts = await partsOf(deps, request);
  if (parts.terminal) throw refusal('link_unknown');
  return parts;
}

/** `2026-12-24T08:00:00.000Z` as Python writes it: `2026-12-24 08:00:00.000000`. */
const pythonTime = (iso: string): string => iso.replace('T', ' ').replace('Z', '000');
