import { verifyTokenRoute } from '../../shared/contract/routes/verify-token';
import type { Call } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';
import { inOtherWords } from '../../shared/http/serve';
import { parseParts, type RedeemDeps, refusal } from './link-state';
import { showParts, spend } from './redeem-link';

/**
 * `GET /verifytoken/{link}`: shows browsers the page of `GET /links/{link}`. Other clients redeem the link, as at the Python server. Links
 * of terminals do not work here.
 */
export const verifyToken = inOtherWords<RedeemDeps>(verifyTokenRoute, {
  async answer(deps, call) {
    const parts = await parsePlainLink(deps, call);
    if (call.request.wantsPage) return showParts(deps, call, parts);
    const { token, expires } = await spend(deps, call, parts);
    return told(`Fetch token: ${token} (expires ${pythonTime(expires)} UTC)`);
  },
  refuse: ({ code }, { wantsPage }) =>
    code.startsWith('link_') && !wantsPage ? told('Link tokens expire. Request again.') : undefined,
});

const told = (text: string): ApiResponse => ({ status: 200, line: { type: 'text/html', text } });

async function parsePlainLink(deps: RedeemDeps, call: Call) {
  const parts = await parseParts(deps, call);
  if (parts.terminal) throw refusal('link_unknown');
  return parts;
}

/** `2026-12-24T08:00:00.000Z` as Python writes it: `2026-12-24 08:00:00.000000`. */
const pythonTime = (iso: string): string => iso.replace('T', ' ').replace('Z', '000');
