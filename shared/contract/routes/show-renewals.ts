import type { Route, RouteWords } from '../route';

/** Why a ticket keeps nothing. */
export const brokenTicket = ['ticket_unknown', 'ticket_expired'] as const;

export const showRenewalsRoute = {
  method: 'GET',
  path: '/renewals/{ticket}',
  function: 'grant-credentials',
  open: true,
  answers: { 200: ['page'] },
  refuses: [...brokenTicket],
} as const satisfies Route;

export const showRenewalsWords: RouteWords = {
  id: 'showRenewals',
  tag: 'Grants',
  summary: 'Look at the logins of a reminder',
  description:
    'The page behind the address in a reminder: the logins that it named, and a button that keeps them. Opening it changes nothing, so scanners of mail do no harm.',
};
