import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

const dryRun =
  'With true nothing changes: the answer lists the grants that would end, and those that would end sooner.';
const key = {
  email: 'Whom the rule is about.',
  host: 'Its host, or *.',
  db: 'Its database or pattern.',
  role: 'Its role.',
  which: 'Whether it allows or denies.',
};

export const ruleOperations = {
  'GET /rules': {
    id: 'listRules',
    tag: 'Rules',
    summary: 'List rules',
    description:
      'All rules, or those of one principal. A ruler sees those inside their scope. A rule that can not be read denies everything to whom it names; admins see it as `unreadable`.',
    query: 'ruleFilter',
    fields: { email: 'Only rules with exactly this principal: an address, *@lab.org, or *.' },
    answers: { 200: ['rules'] },
    refusals: ['not_allowed'],
  },
  'PUT /rules': {
    id: 'setRule',
    tag: 'Rules',
    summary: 'Set a rule',
    description:
      'Sets one rule, new or in the place of the one with the same `email`, `host`, `db`, `role` and `which`. A request is allowed if some allow matches and no deny does. Grants that the rules no longer cover end within a minute. For admins, and for rulers inside their scope.',
    body: 'rule',
    query: 'dryRun',
    fields: { dryRun },
    example: {
      email: '*@lab.org',
      host: 'mongodb03.lab.org',
      db: 'fw_*',
      role: 'readWrite',
      which: 'allow',
      maxTtl: '7 d',
      note: 'until the beam time in June',
    },
    answers: { 200: ['rule', 'losses'] },
    refusals: ['not_allowed', 'rule_changed', 'too_many_rules'],
  },
  'DELETE /rules': {
    id: 'removeRule',
    tag: 'Rules',
    summary: 'Remove a rule',
    description:
      'Removes the rule with this key, and answers what it was. Grants that the rules no longer cover end within a minute. For admins, and for rulers inside their scope.',
    query: 'ruleKey',
    fields: { ...key, dryRun },
    answers: { 200: ['ruleRemoved', 'losses'] },
    refusals: ['not_allowed', 'rule_unknown', 'rule_changed'],
  },
  'GET /rules/why': {
    id: 'whyAllowed',
    tag: 'Rules',
    summary: 'Why somebody may, or may not',
    description:
      'Whether the rules would give this now, the rule that decides, and every rule that has a say. Everybody may ask about themselves; rulers inside their scope, and admins, about others.',
    query: 'why',
    fields: { email: 'About whom; about yourself without it.' },
    answers: { 200: ['why'] },
    refusals: ['not_allowed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
