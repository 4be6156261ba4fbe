import fc from 'fast-check';
import { indexPlaces } from '../../../shared/policy/place-index';
import {
  access,
  covers,
  decide,
  principalsOf,
  type Rule,
  speaksOf,
  type Unreadable,
  type Wish,
} from '../../../shared/policy/policy';
import { indexRules, rulesByPerson, speakers } from '../../../shared/policy/rule-index';

type AnyRule = Rule | Unreadable;
const now = 1_800_000_000;
const emails = ['ada@lab.org', 'bob@lab.org', 'ada@cs.lab.org', 'lab.org'];
const dbs = ['', 'f', 'fw', 'fw_', 'fw_a', 'fw_ab', 'FW_a', '*', 'f*', 'fw*', 'fw_*', 'fw_a*', 'fw_**', '**', '*a'];
const hosts = ['*', 'h', 'h:27020'];
const anyRule: fc.Arbitrary<AnyRule> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom({ unreadable: 'rules#* x' }, { unreadable: 'rules#* y', mark: 'm' }) },
  {
    weight: 100,
    arbitrary: fc.record<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>(
      {
        email: fc.constantFrom(...emails, '*@lab.org', '*@cs.lab.org', '*'),
        host: fc.constantFrom(...hosts),
        db: fc.constantFrom(...dbs),
        role: fc.constantFrom('read', 'readWrite', 'constructor'),
        which: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
        expiresAt: fc.constantFrom(now - 1, now, now + 1),
        maxTtl: fc.constantFrom(1, 60),
      },
      { requiredKeys: ['email', 'host', 'db', 'role', 'which'] },
    ),
  },
);
const anyRules = fc.array(anyRule, { maxLength: 12 });
const anyWish = fc.record<Wish>({
  email: fc.constantFrom(...emails),
  host: fc.constantFrom(...hosts),
  db: fc.constantFrom(...dbs),
  role: fc.constantFrom('read', 'readWrite', 'constructor'),
});
const likelyWish = anyWish.map((wish) => ({ ...wish, email: 'ada@lab.org', host: 'h', db: 'fw_a' }));
const isRule = (rule: AnyRule): rule is Rule => !('unreadable' in rule);

test('a place is covered by what covers it, and by nothing else', () => {
  const place = fc.record({ host: fc.constantFrom(...hosts), db: fc.constantFrom(...dbs) });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 20 }), place, (all, asked) => {
      const index = indexPlaces<number>();
      for (const [at, one] of all.entries()) index.add(one, at);
      const wanted = all.flatMap(({ host, db }, at) =>
        (host === '*' || host === asked.host) && covers(db, asked.db) ? [at] : [],
      );
      expect(index.covering(asked).toSorted((a, b) => a - b)).toEqual(wanted);
    }),
    { numRuns: 5000 },
  );
});

test('an index decides as the list does, by the same rule', () => {
  const seen = { allowed: 0, denied: 0, matched: 0 };
  fc.assert(
    fc.property(fc.array(anyRule, { minLength: 5, maxLength: 12 }), likelyWish, (rules, wish) => {
      const plain = decide(rules, wish, { ttl: 30, now });
      const found = indexRules(rules).matching(wish);
      expect(found).toEqual(rules.filter((rule) => !isRule(rule) || speaksOf(rule, wish)));
      const indexed = decide(found, wish, { ttl: 30, now });
      expect(indexed).toEqual(plain);
      expect(indexed.rule).toBe(plain.rule);
      seen.matched += plain.matched.length > 1 ? 1 : 0;
      seen[plain.allowed ? 'allowed' : 'denied'] += 1;
    }),
    { numRuns: 10_000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});

test('the rules of somebody decide as all rules of their principals do', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...emails, '*@lab.org', '*'), anyRule)), anyWish, (rows, wish) => {
      const rules = new Map<string, AnyRule[]>();
      for (const [under, row] of rows) {
        const principal = isRule(row) ? row.email : under;
        rules.set(principal, [...(rules.get(principal) ?? []), row]);
      }
      const all = principalsOf(wish.email).flatMap((principal) => rules.get(principal) ?? []);
      const { allowed, until, cidrs } = decide(all, wish, { ttl: 30, now });
      expect(decide(rulesByPerson(rules)(wish), wish, { ttl: 30, now })).toMatchObject({ allowed, until, cidrs });
    }),
    { numRuns: 5000 },
  );
});

test('some of these keys speak about a wish where one of them does', () => {
  fc.assert(
    fc.property(anyRules, anyWish, (rules, wish) => {
      const keys = rules.filter(isRule);
      expect(speakers(keys).speakAbout(wish)).toBe(keys.some((key) => speaksOf(key, wish)));
    }),
    { numRuns: 10_000 },
  );
});

/** Rules that count how often somebody looks at them. */
function watched(count: number) {
  const looked = { times: 0 };
  const rule = (db: string, which: Rule['which']): Rule => ({
    email: '*@lab.org',
    host: 'h',
    get db() {
      looked.times += 1;
      return db;
    },
    role: which === 'deny' ? 'readWrite' : 'read',
    which,
  });
  const rules = Array.from({ length: count }, (_, at) => [
    rule(`fw_${at}`, 'allow'),
    rule(`fw_${at}`, 'deny'),
    rule(`fw_${at}_*`, 'allow'),
    rule(`fw_${at}_*`, 'deny'),
  ]).flat();
  return { rules, looked };
}

test('what others may do costs a wish nothing: of 20,000 rules it looks at its own', () => {
  const { rules, looked } = watched(5000);
  const { matching } = indexRules(rules);
  looked.times = 0;
  const found = matching({ email: 'ada@lab.org', host: 'h', db: 'fw_77_x', role: 'readWrite' });
  expect(found).toHaveLength(1);
  expect(looked.times).toBeLessThan(10);
});

test('what is open to somebody costs as much as there are rules, not as much as there are pairs of them', () => {
  const [once, twice] = [watched(1000), watched(2000)].map(({ rules, looked }) => {
    expect(access(rules, now)).toHaveLength(rules.length / 2);
    return looked.times / rules.length;
  });
  expect(once).toBeLessThan(10);
  expect(twice).toBe(once);
});
