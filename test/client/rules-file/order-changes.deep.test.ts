import fc from 'fast-check';
import type { Change } from '../../../client/rules-file/changes';
import { planOf } from '../../../client/rules-file/plan-rules';
import { addressesCover } from '../../../shared/policy/addresses';
import { type Decision, decide, type Rule, ruleName } from '../../../shared/policy/policy';
import { seconds } from '../../../shared/policy/time';

const now = new Date('2026-11-25T08:00:00Z');
const moment = seconds(now);
const day = 86_400;

const anyRule: fc.Arbitrary<Rule> = fc.record<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>(
  {
    email: fc.constantFrom('a@lab.org', '*@lab.org', '*'),
    host: fc.constantFrom('h', '*'),
    db: fc.constantFrom('fw_a', 'fw_*', '*'),
    role: fc.constantFrom('read', 'readWrite'),
    which: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
    expiresAt: fc.integer({ min: -1, max: 40 }).map((days) => moment + days * day + 60),
    maxTtl: fc.integer({ min: 1, max: 40 * 24 }).map((hours) => hours * 3600),
    cidrs: fc.subarray(['10.0.0.0/8', '10.1.0.0/16', '192.0.2.7'], { minLength: 1 }),
    note: fc.constantFrom('one', 'two'),
  },
  { requiredKeys: ['email', 'host', 'db', 'role', 'which'] },
);
const nameOf = (rule: Rule) => ruleName(rule);
const anyRules = (cidrs: boolean) =>
  fc
    .uniqueArray(anyRule, { selector: nameOf, maxLength: 7 })
    .map((rules) => (cidrs ? rules : rules.map(({ cidrs: _, ...rule }) => rule)));
const wishes = ['h', 'other'].flatMap((host) =>
  ['fw_a', 'fw_b', 'x'].flatMap((db) =>
    ['a@lab.org', 'b@lab.org', 'c@x.org'].flatMap((email) =>
      ['read', 'readWrite'].map((role) => ({ email, host, db, role })),
    ),
  ),
);
const sources = ['10.1.2.3', '10.9.9.9', '192.0.2.7', '2001:db8::1'];

/** Every state in between: steps in turn, each in a random order of its own. */
function* statesBetween(before: readonly Rule[], changes: readonly Change[], shuffle: readonly number[]) {
  const order = changes
    .map((change, at) => ({ change, key: shuffle[at % shuffle.length] ?? 0 }))
    .toSorted((a, b) => a.change.step - b.change.step || a.key - b.key);
  const rules = new Map(before.map((rule) => [nameOf(rule), rule]));
  for (const { change } of order) {
    if (change.of === 'ruler') continue;
    if (change.after) rules.set(nameOf(change.after), change.after);
    else rules.delete(nameOf(change.before));
    yield [...rules.values()];
  }
}

const from = ({ allowed, cidrs }: Decision) => sources.filter((source) => allowed && addressesCover(cidrs, [source]));

/** Two allows of equal life and other addresses, or one that gives more and less at once, can't be swapped by single writes. */
function exact(changes: readonly Change[]): boolean {
  const lives = changes.flatMap((change) => {
    if (change.of === 'ruler' || (change.phase !== 'open' && change.phase !== 'close')) return [];
    const rule = change.phase === 'open' ? change.after : change.before;
    return rule ? [Math.min(rule.maxTtl ?? 10_000 * day, (rule.expiresAt ?? Infinity) - moment)] : [];
  });
  return new Set(lives).size === lives.length && changes.every(({ phase }) => phase !== 'trade');
}

/** Shortening an allow, or a short life that was asked for, makes lives equal that were not. */
const isSwap = (changes: readonly Change[], ttl: number) =>
  ttl < 10_000 * day || changes.some(({ phase, act }) => phase === 'close' && act === 'change');

function check(cidrs: boolean, runs: number) {
  const seen = { states: 0, kept: 0, opened: 0, closed: 0, exact: 0 };
  const property = fc.property(
    anyRules(cidrs),
    anyRules(cidrs),
    fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
    fc.constantFrom(3600, 30 * day, 10_000 * day),
    (before, after, shuffle, ttl) => {
      const state = { rules: before.map((rule) => ({ ...rule, version: 1 })), rulers: [] };
      const { changes } = planOf({ rules: after, unlisted: 'remove' }, { ...state, grants: [] }, now);
      const asked = (rules: readonly Rule[]) => wishes.map((wish) => decide(rules, wish, { ttl, now: moment }));
      const [olds, news] = [asked(before), asked(after)];
      const isExact = exact(changes);
      const trades = changes.some(({ phase }) => phase === 'trade');
      if (isExact) seen.exact += 1;
      let last: readonly Rule[] = before;
      for (const between of statesBetween(before, changes, shuffle)) {
        last = between;
        for (const [at, mid] of asked(between).entries()) {
          const [was, will] = [olds[at], news[at]];
          if (!was || !will) throw new Error('a wish without a decision');
          seen.states += 1;
          if (was.allowed && will.allowed) seen.kept += 1;
          else if (will.allowed) seen.opened += 1;
          else if (was.allowed) seen.closed += 1;
          if (mid.allowed && !was.allowed && !will.allowed) throw new Error('allowed by neither');
          if (was.allowed && will.allowed && !mid.allowed) throw new Error('lost what both give');
          if (mid.until > Math.max(was.until, will.until)) throw new Error('lives longer than either gives');
          if (!trades && was.allowed && will.allowed && mid.until < Math.min(was.until, will.until))
            throw new Error('lives shorter than both give');
          if (!isExact) continue;
          const [wasFrom, willFrom, midFrom] = [from(was), from(will), from(mid)];
          if (midFrom.some((one) => !wasFrom.includes(one) && !willFrom.includes(one)))
            throw new Error('from an address that neither gives');
          if (isSwap(changes, ttl)) continue;
          if (wasFrom.some((one) => willFrom.includes(one) && !midFrom.includes(one)))
            throw new Error('lost an address that both give');
        }
      }
      const byName = (rules: readonly Rule[]) => new Map(rules.map((rule) => [nameOf(rule), rule]));
      if (changes.length > 0) expect([...byName(last).keys()].sort()).toEqual([...byName(after).keys()].sort());
    },
  );
  fc.assert(property, { numRuns: runs });
  return seen;
}

test('between any two writes only what the old or the new rules give is given, and nobody loses what both give', () => {
  const seen = check(false, 3000);
  expect(Object.values(seen).every((count) => count > 500)).toBe(true);
}, 120_000);

test('the same holds for lives and addresses of rules with cidrs', () => {
  const seen = check(true, 2000);
  expect(Object.values(seen).every((count) => count > 500)).toBe(true);
}, 120_000);
