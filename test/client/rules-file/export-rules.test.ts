import fc from 'fast-check';
import { parse } from 'yaml';
import { plain } from '../../../client/mgrant/plain';
import { exportRules } from '../../../client/rules-file/export-rules';
import { planOf } from '../../../client/rules-file/plan-rules';
import type { ServiceState } from '../../../client/rules-file/service-state';
import { yamlText } from '../../../client/rules-file/yaml-text';
import { ruleAnswer } from '../../../shared/http/answers';
import type { Rule } from '../../../shared/policy/policy';
import { seconds } from '../../../shared/policy/time';
import { fileOf } from '../../support/stage-api';

const now = new Date('2026-11-25T08:00:00Z');
const day = 86_400;
/** Names that readers of YAML 1.1 take for booleans, numbers, dates, merges or nothing. */
const odd = [
  'no',
  'on',
  'y',
  'null',
  'true',
  '2026_11',
  '0b11',
  '0x1f',
  '0o17',
  '1_000',
  '017',
  '1e3',
  '12e03',
  '2026-11-28',
  '_',
  '-',
  '-1',
  '--',
];
const odder = [
  '~',
  '=',
  '<<',
  '*',
  '1:30',
  '190:20:30',
  ' x',
  '# no',
  'a: b',
  '"',
  '\\',
  "it's",
  'ä 漢 🙂',
  '@',
  '%',
  '&a',
  '!b',
  '|',
  '>',
  '{',
  '[',
  '.inf',
  '!!str x',
];

const anyRule: fc.Arbitrary<Rule & { version: number }> = fc
  .record({
    email: fc.constantFrom('a@lab.org', '*@lab.org', '*', 'no@0x1f.org', 'null@on.org'),
    host: fc.constantFrom('h', '*', 'no', '1e3', '127.0.0.1', 'h:27020'),
    db: fc.constantFrom('fw_*', '*', ...odd),
    role: fc.constantFrom('read', 'readWrite'),
    expiresAt: fc.option(fc.integer({ min: -40 * day, max: 40 * day }), { nil: undefined }),
    note: fc.option(fc.constantFrom(...odd, ...odder), { nil: undefined }),
    limits: fc.option(
      fc.record(
        {
          maxTtl: fc.integer({ min: 1, max: 10_000 * day }),
          cidrs: fc.subarray(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'], { minLength: 1 }),
        },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    ),
  })
  .map(({ limits, expiresAt, ...rule }) => ({
    ...rule,
    ...(expiresAt !== undefined && { expiresAt: seconds(now) + expiresAt }),
    // Only allows have limits.
    ...(limits ? { which: 'allow' as const, ...limits } : { which: 'deny' as const }),
    version: 1,
  }));

const part = (...names: string[]) => fc.oneof(fc.constant('all' as const), fc.subarray(names, { minLength: 1 }));
const anyRuler = fc.record({
  email: fc.constantFrom('r@lab.org', 's@lab.org', 'no@0x1f.org'),
  hosts: part('h', 'no', '1e3'),
  dbs: part('fw_', ...odd),
  emails: part('@lab.org', '@0x1f.org'),
  which: fc.oneof(fc.constant('all' as const), fc.subarray(['allow' as const, 'deny' as const], { minLength: 1 })),
  version: fc.constant(3),
});

const keyOf = ({ email, host, db, role, which }: Rule) => [email, host, db, role, which].join(' ');
const unreadable = { unreadable: 'RULES#x' };

test('what is exported changes nothing, and readers of YAML 1.1 and of JSON read the same', () => {
  const property = fc.property(
    fc.uniqueArray(anyRule, { selector: keyOf, maxLength: 12 }),
    fc.option(fc.uniqueArray(anyRuler, { selector: ({ email }) => email }), { nil: undefined }),
    (rules, rulers) => {
      const state: ServiceState = { rules: [...rules, unreadable], rulers: rulers ?? [], grants: [] };
      const listed = { rules: [...rules.map(ruleAnswer).map((rule) => ({ ...rule, version: 1 })), unreadable] };
      const { file, unreadable: left } = exportRules({ ...listed, ...(rulers && { rulers }) });
      expect(left).toEqual(['RULES#x']);
      const text = plain(yamlText(file));
      expect(planOf(fileOf(text, now), state, now).changes).toEqual([]);
      expect(planOf(fileOf(JSON.stringify(file), now), state, now).changes).toEqual([]);
      expect(parse(text, { version: '1.1' })).toEqual(JSON.parse(JSON.stringify(file)));
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test('it is written as people write it, with quotes', () => {
  const rule = {
    email: '*@lab.org',
    host: 'h',
    db: 'no',
    role: 'read',
    which: 'allow' as const,
    cidrs: ['10.0.0.0/8'],
    version: 1,
  };
  const { file } = exportRules({ rules: [rule] });
  expect(yamlText(file)).toBe(`unlisted: "remove"
rules:
  - email: "*@lab.org"
    host: "h"
    db: "no"
    role: "read"
    which: "allow"
    cidrs:
      - "10.0.0.0/8"
`);
});
