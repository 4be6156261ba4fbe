import * as v from 'valibot';
import { yes } from '../fields/asked';
import { version } from '../fields/terms';
import type { Route, RouteWords } from '../route';
import { ruleKey } from '../rule-key';

export const removeRuleRoute = {
  method: 'DELETE',
  path: '/rules',
  function: 'rules',
  query: v.strictObject({ ...ruleKey, version: v.optional(version), dryRun: v.optional(yes) }),
  answers: { 200: ['ruleRemoved', 'losses'] },
  refuses: ['not_allowed', 'rule_unknown', 'rule_changed'],
} as const satisfies Route;

export const removeRuleWords: RouteWords = {
  id: 'removeRule',
  tag: 'Rules',
  summary: 'Remove a rule',
  description:
    'Removes the rule with this key, and answers what it was. Grants that the rules no longer cover end within a minute. For admins, and for rulers inside their scope.',
  fields: {
    email: 'Whom the rule is about.',
    host: 'Its host, or *.',
    db: 'Its database or pattern.',
    role: 'Its role.',
    which: 'Whether it allows or denies.',
    dryRun: 'With true nothing changes: the answer lists the grants that would end, and those that would end sooner.',
  },
};
