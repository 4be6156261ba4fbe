import * as v from 'valibot';
import { email } from '../fields/access';
import { terminal } from '../fields/asked';
import type { Route, RouteWords } from '../route';

export const requestLinkRoute = {
  method: 'POST',
  path: '/links',
  function: 'request-link',
  open: true,
  body: v.strictObject({ email, terminal: v.optional(terminal, false) }),
  answers: { 202: ['linkRequested', 'terminalLink', 'page'] },
  refuses: ['too_many_requests'],
} as const satisfies Route;

export const requestLinkWords: RouteWords = {
  id: 'requestLink',
  tag: 'Links',
  summary: 'Ask for a link',
  description:
    'Mails a one-time link to the address, if it belongs to an admin or a ruler, or if a rule allows it something. The answer is the same for every address and takes the same time, so it tells nobody who is known. One link a minute goes to one address for one source, twenty a day in all, and five of them for one source; what is asked for beyond that is answered alike, and not sent. A browser (`Accept: text/html`) gets the answer as a page. With `terminal` a terminal gets the token: the answer also holds a `code` to show, which the page behind the link asks for, and a secret for `POST /links/poll`.',
  bodyName: 'LinkInput',
  example: { email: 'you@lab.org' },
};
