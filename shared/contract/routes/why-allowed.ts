import * as v from 'valibot';
import { db, email, host, role } from '../fields/access';
import type { Route, RouteWords } from '../route';

export const whyAllowedRoute = {
  method: 'GET',
  path: '/rules/why',
  function: 'rules',
  query: v.strictObject({ email: v.optional(email), host, db, role }),
  answers: { 200: ['why'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const whyAllowedWords: RouteWords = {
  id: 'whyAllowed',
  tag: 'Rules',
  summary: 'Why somebody may, or may not',
  description:
    'Whether the rules would give this now, the rule that decides, and every rule that has a say. Everybody may ask about themselves; rulers inside their scope, and admins, about others.',
  fields: { email: 'About whom; about yourself without it.' },
};
