import * as v from 'valibot';
import type { Route, RouteWords } from '../route';
import { brokenTicket } from './show-renewals';

export const renewLoginsRoute = {
  method: 'POST',
  path: '/renewals/{ticket}',
  function: 'grant-credentials',
  open: true,
  anyQuery: true,
  body: v.strictObject({}),
  answers: { 200: ['renewals', 'page'] },
  refuses: [...brokenTicket],
} as const satisfies Route;

export const renewLoginsWords: RouteWords = {
  id: 'renewLogins',
  tag: 'Grants',
  summary: 'Keep the logins of a reminder',
  description:
    'Renews each login that a reminder named, for as long as it was given last, if the rules still allow it. The answer says of each until when it is kept, or why it is not. A login that was kept since the reminder stays as it is, so a second request does no harm. It gives no password and no token. The ticket ends with the last of its logins, and with `DELETE /tokens`. A browser (`Accept: text/html`) gets a page, every other client JSON.',
  bodyName: 'RenewalsInput',
  example: {},
};
