import * as v from 'valibot';
import { code } from '../fields/asked';
import type { Route, RouteWords } from '../route';
import { brokenLink } from './show-link';

export const redeemLinkRoute = {
  method: 'POST',
  path: '/links/{link}',
  function: 'redeem-link',
  open: true,
  anyQuery: true,
  body: v.strictObject({ code: v.optional(code) }),
  answers: { 200: ['token', 'loginConfirmed', 'page'] },
  refuses: [...brokenLink, 'code_wrong'],
} as const satisfies Route;

export const redeemLinkWords: RouteWords = {
  id: 'redeemLink',
  tag: 'Links',
  summary: 'Redeem a link',
  description:
    'Gives the token for which the link was mailed. It works once: the second time it answers `link_used`. A browser (`Accept: text/html`) gets a page that shows the token, every other client JSON. The link of a terminal login takes the `code` that the terminal shows: the right one lets the terminal fetch its token, the fifth wrong one spends the link. Without a code nothing happens to it.',
  bodyName: 'RedeemInput',
  example: { code: 'WDJB-MJHT' },
};
