import type { Route, RouteWords } from '../route';
import { brokenLink } from './show-link';

export const verifyTokenRoute = {
  method: 'GET',
  path: '/verifytoken/{link}',
  function: 'redeem-link',
  open: true,
  answers: { 200: ['page'] },
  refuses: [...brokenLink],
} as const satisfies Route;

export const verifyTokenWords: RouteWords = {
  id: 'verifyToken',
  tag: 'Python server',
  deprecated: true,
  summary: 'Redeem a link',
  description:
    'A browser (`Accept: text/html`) gets the page of `GET /links/{link}`, and nothing is used up. All others redeem the link: a line with the token, or one that says to ask again. No mail holds this address. A 404 where the setting `legacyRoutes` is off.',
};
