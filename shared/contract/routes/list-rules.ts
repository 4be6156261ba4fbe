import * as v from 'valibot';
import { principal } from '../fields/access';
import { cursor } from '../fields/asked';
import type { Route, RouteWords } from '../route';

export const listRulesRoute = {
  method: 'GET',
  path: '/rules',
  function: 'rules',
  query: v.strictObject({ email: v.optional(principal), cursor: v.optional(cursor) }),
  answers: { 200: ['rules'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const listRulesWords: RouteWords = {
  id: 'listRules',
  tag: 'Rules',
  summary: 'List rules',
  description:
    'All rules, or those of one principal. A ruler sees those inside their scope. A rule that can not be read denies everything to whom it names; admins see it as `unreadable`.',
  fields: { email: 'Only rules with exactly this principal: an address, *@lab.org, or *.' },
};
