import * as v from 'valibot';
import type { Route, RouteWords } from '../route';

export const getTokenRoute = {
  method: 'GET',
  path: '/gettoken/{email}',
  function: 'request-link',
  open: true,
  query: v.strictObject({}),
  answers: { 200: ['pythonLinkSent'], 403: ['text'] },
  refuses: ['too_many_requests'],
} as const satisfies Route;

export const getTokenWords: RouteWords = {
  id: 'getToken',
  tag: 'Python server',
  deprecated: true,
  summary: 'Ask for a link',
  description:
    'As `POST /links`. Every well-formed address gets the same answer; with the setting `legacyDisclose` one that nobody knows gets a 403, as text. A 404 where the setting `legacyRoutes` is off.',
};
