import type { Route, RouteWords } from '../route';

/** Why a link can't be used. */
export const brokenLink = ['link_unknown', 'link_used', 'link_expired'] as const;

export const showLinkRoute = {
  method: 'GET',
  path: '/links/{link}',
  function: 'redeem-link',
  open: true,
  answers: { 200: ['page'] },
  refuses: [...brokenLink],
} as const satisfies Route;

export const showLinkWords: RouteWords = {
  id: 'showLink',
  tag: 'Links',
  summary: 'Look at a link',
  description:
    'The page behind a mailed link, with the button that redeems it, or the field for the code of a terminal. Opening it never uses the link up, so scanners of mail do no harm.',
};
