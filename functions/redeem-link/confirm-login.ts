import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { Call } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';
import { iso, seconds } from '../../shared/policy/time';
import { codeHash, plainCode } from '../../shared/tokens/terminal-secrets';
import type { LinkParts } from '../../shared/tokens/tokens';
import { type RedeemDeps, refuseUse } from './link-state';
import { codePage, confirmedPage } from './login-pages';
import { tryCode } from './terminal-logins';

/** Checks a code that was typed on the page of a terminal login. The token never shows here: the terminal fetches it. */
export async function confirmLogin(
  deps: RedeemDeps,
  call: Call,
  { parts, code }: { parts: LinkParts; code: string },
): Promise<ApiResponse> {
  const { request, now } = call;
  const { email, id } = parts;
  // A mail scanner that presses the button sends no code. It must not use up a try.
  if (plainCode(code) === '')
    throw new ApiError('invalid_request', 'code: type the code that the terminal shows, such as WDJB-MJHT');
  const note = (act: 'confirming' | 'code_wrong', count?: number) =>
    call.note({ act, email, link: id, ...(count && { count }) });
  const [tried] = await together([
    tryCode(deps.table, parts, { tried: codeHash(request.params.link ?? '', code), now: seconds(now) }),
    note('confirming'),
  ]);
  if (!tried) return refuseUse(deps, parts, now);
  const { link, right, left } = tried;
  if (right) {
    const msg = 'Done. Go back to your terminal: it goes on by itself in a few seconds.';
    return request.wantsPage ? { status: 200, page: confirmedPage({ email }) } : { status: 200, json: { msg } };
  }
  await note('code_wrong', link.tries);
  const over = left === 0 && { heading: 'This login is over', terminalLogin: email };
  const wrong = new ApiError('code_wrong', wrongCode(left), undefined, over || {});
  if (!request.wantsPage || over) throw wrong;
  return { status: wrong.status, page: codePage({ ...link, expires: iso(link.expiresAt), wrong: wrong.message }) };
}

function wrongCode(left: number): string {
  if (left === 0) return 'That was the fifth wrong code, and this login is over. Begin it again in your terminal.';
  return `The terminal shows another code. Look again: ${left === 1 ? '1 try is' : `${left} tries are`} left.`;
}
