import * as v from 'valibot';
import type { Route, RouteWords } from '../route';

export const whoAmIRoute = {
  method: 'GET',
  path: '/me',
  function: 'grants',
  query: v.strictObject({}),
  answers: { 200: ['me'] },
  refuses: [],
} as const satisfies Route;

export const whoAmIWords: RouteWords = {
  id: 'whoAmI',
  tag: 'Tokens',
  summary: 'Who you are, and what is open to you',
  description:
    'Your address, when your token ends, whether you are an admin or a ruler, and what the rules open to you. A grant may still be refused where you do not ask for what is listed, or from elsewhere than a rule says.',
};
