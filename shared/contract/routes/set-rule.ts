import * as v from 'valibot';
import { yes } from '../fields/asked';
import { cidrs, limits, limitsOnlyAllows, note, replaced, version, warnings } from '../fields/terms';
import { time, ttl } from '../fields/times';
import type { Route, RouteWords } from '../route';
import { ruleKey } from '../rule-key';

export const setRuleRoute = {
  method: 'PUT',
  path: '/rules',
  function: 'rules',
  body: v.pipe(
    v.strictObject({
      ...ruleKey,
      expires: v.optional(time),
      maxTtl: v.optional(ttl),
      cidrs: v.optional(cidrs),
      note: v.optional(note),
      version: v.optional(version),
      replaced: v.optional(replaced),
      warnings: v.optional(warnings),
    }),
    v.forward(
      v.partialCheck([['which'], ['maxTtl']], ({ which, maxTtl }) => limits(which, maxTtl), limitsOnlyAllows),
      ['maxTtl'],
    ),
    v.forward(
      v.partialCheck([['which'], ['cidrs']], ({ which, cidrs }) => limits(which, cidrs), limitsOnlyAllows),
      ['cidrs'],
    ),
  ),
  query: v.strictObject({ dryRun: v.optional(yes) }),
  answers: { 200: ['rule', 'losses'] },
  refuses: ['not_allowed', 'rule_changed', 'too_many_rules'],
} as const satisfies Route;

export const setRuleWords: RouteWords = {
  id: 'setRule',
  tag: 'Rules',
  summary: 'Set a rule',
  description:
    'Sets one rule, new or in the place of the one with the same `email`, `host`, `db`, `role` and `which`. A request is allowed if some allow matches and no deny does. Grants that the rules no longer cover end within a minute. For admins, and for rulers inside their scope.',
  bodyName: 'RuleInput',
  example: {
    email: '*@lab.org',
    host: 'mongodb03.lab.org',
    db: 'fw_*',
    role: 'readWrite',
    which: 'allow',
    maxTtl: '7 d',
    note: 'until the beam time in June',
  },
  fields: {
    dryRun: 'With true nothing changes: the answer lists the grants that would end, and those that would end sooner.',
  },
};
