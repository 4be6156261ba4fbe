import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

const broken = ['link_unknown', 'link_used', 'link_expired'] as const;

const page = {
  tag: 'Links',
  open: true,
  answers: { 200: ['page'] },
  refusals: broken,
} as const;

export const linkOperations = {
  'POST /links': {
    id: 'requestLink',
    tag: 'Links',
    summary: 'Ask for a link',
    description:
      'Mails a one-time link to the address, if it belongs to an admin or a ruler, or if a rule allows it something. The answer is the same for every address and takes the same time, so it tells nobody who is known. One link a minute goes to one address for one source, twenty a day in all, and five of them for one source; what is asked for beyond that is answered alike, and not sent. With `terminal` a terminal gets the token: the answer also holds a `code` to show, which the page behind the link asks for, and a secret for `POST /links/poll`.',
    open: true,
    body: 'link',
    example: { email: 'you@lab.org' },
    answers: { 202: ['linkRequested', 'terminalLink'] },
    refusals: ['too_many_requests'],
  },
  'GET /links/{link}': {
    ...page,
    id: 'showLink',
    summary: 'Look at a link',
    description:
      'The page behind a mailed link, with the button that redeems it, or the field for the code of a terminal. Opening it never uses the link up, so scanners of mail do no harm.',
  },
  'POST /links/{link}': {
    id: 'redeemLink',
    tag: 'Links',
    summary: 'Redeem a link',
    description:
      'Gives the token for which the link was mailed. It works once: the second time it answers `link_used`. A browser (`Accept: text/html`) gets a page that shows the token, every other client JSON. The link of a terminal login takes the `code` that the terminal shows: the right one lets the terminal fetch its token, the fifth wrong one spends the link. Without a code nothing happens to it.',
    open: true,
    body: 'redeem',
    example: { code: 'WDJB-MJHT' },
    answers: { 200: ['token', 'loginConfirmed', 'page'] },
    refusals: [...broken, 'code_wrong'],
  },
  'POST /links/poll': {
    id: 'pollLogin',
    tag: 'Links',
    summary: 'Fetch the token of a terminal login',
    description:
      'For terminals: asks, with the secret from `POST /links`, whether the code was typed. Answers 202 until then, for as long as the link lives, and for unknown addresses as well; then the token, exactly once. Wait `interval` seconds between two polls.',
    open: true,
    body: 'poll',
    example: {
      poll: 'eW91QGxhYi5vcmc.bP3kTq9ZxW2mVd7a.tk4q8s.9hQ2zXw7vLrT1nBcK5mD8pYs3fGj6aEu.Qm7xVb2KtR9wZc4LpN8dHs',
    },
    answers: { 200: ['token'], 202: ['pending'] },
    refusals: broken,
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
