import * as v from 'valibot';
import type { Route, RouteWords } from '../route';

export const showStartRoute = {
  method: 'GET',
  path: '/',
  function: 'redeem-link',
  open: true,
  query: v.strictObject({}),
  answers: { 200: ['service', 'page'] },
  refuses: [],
} as const satisfies Route;

export const showStartWords: RouteWords = {
  id: 'showStart',
  tag: 'Links',
  summary: 'Begin here',
  description:
    'What this is, who runs it, and whom to ask, as far as the settings say. A browser (`Accept: text/html`) gets a page with a form that asks for a link, every other client JSON.',
};
