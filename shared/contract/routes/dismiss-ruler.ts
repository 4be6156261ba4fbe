import * as v from 'valibot';
import { email } from '../fields/access';
import { version } from '../fields/terms';
import type { Route, RouteWords } from '../route';

export const dismissRulerRoute = {
  method: 'DELETE',
  path: '/rulers',
  function: 'rules',
  query: v.strictObject({ email, version: v.optional(version) }),
  answers: { 200: ['rulerRemoved'] },
  refuses: ['not_allowed', 'ruler_unknown', 'ruler_changed'],
} as const satisfies Route;

export const dismissRulerWords: RouteWords = {
  id: 'dismissRuler',
  tag: 'Rulers',
  summary: 'Dismiss a ruler',
  description: 'They may set no more rules, and those that they set are removed. For admins.',
  fields: { email: 'Which ruler.' },
};
