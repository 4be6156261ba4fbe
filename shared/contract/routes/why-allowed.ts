import * as v from 'valibot';
import { db, email, host, role } from '../fields/access';
import type { Route, RouteWords } from '../route';

export const whyAllowedRoute = {
  method: 'GET',
  path: '/rules/why',
  function: 'grant-credentials',
  query: v.strictObject({ email: v.optional(email), host, db, role }),
  answers: { 200: ['why'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const whyAllowedWords: RouteWords = {
  id: 'whyAllowed',
  tag: 'Rules',
  summary: 'Why somebody may, or may not',
  description:
    'Whether a grant would be given now, the rule that decides, and every rule that has a say. `allowed` is false, too, if the host is unregistered or retired; `host` says so to admins, to rulers in whose scope it is, and to people whose rule names it. Everybody may ask about themselves; rulers inside their scope, and admins, about others.',
  fields: { email: 'About whom; about yourself without it.' },
};
