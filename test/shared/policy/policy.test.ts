import fc from 'fast-check';
import {
  access,
  covers,
  type Decision,
  decide,
  type Life,
  principalsOf,
  type Rule,
  roles,
  ruleName,
  type Unreadable,
  type Wish,
} from '../../../shared/policy/policy';

type AnyRule = Rule | Unreadable;
const now = 1_800_000_000;
const day = 86_400;
const wish: Wish = { email: 'ada@cs.lab.org', host: 'h.lab.org', db: 'fw_phonons', role: 'read' };
const rule = (change: Partial<Rule> = {}): Rule => ({ ...wish, which: 'allow', ...change });
const ask = (rules: AnyRule[], change: Partial<Wish> = {}, life: Partial<Life> = {}): Decision =>
  decide(rules, { ...wish, ...change }, { ttl: day, now, ...life });
const allowed = (rules: AnyRule[], change: Partial<Wish> = {}) => ask(rules, change).allowed;

/** What the rules mean, read letter by letter from the contract: nothing in it is taken from the policy. */
function reference(rules: AnyRule[], asked: Wish, ttl: number) {
  let denied = false;
  let until = now;
  let anywhere = false;
  let sources: string[] = [];
  for (const one of rules) {
    if ('unreadable' in one) {
      denied = true;
      continue;
    }
    if (one.expiresAt !== undefined && one.expiresAt - now < 1) continue;
    if (!isFor(one.email, asked.email) || (one.host !== '*' && one.host !== asked.host)) continue;
    if (!fits([...one.db], [...asked.db])) continue;
    if (one.which === 'deny') {
      if (one.role === 'read' || asked.role === 'readWrite') denied = true;
      continue;
    }
    if (one.role === 'read' && asked.role === 'readWrite') continue;
    let end = now + ttl;
    if (one.maxTtl !== undefined && now + one.maxTtl < end) end = now + one.maxTtl;
    if (one.expiresAt !== undefined && one.expiresAt < end) end = one.expiresAt;
    if (end < until) continue;
    if (end > until) {
      anywhere = false;
      sources = [];
    }
    until = end;
    if (one.cidrs === undefined) anywhere = true;
    else sources = [...sources, ...one.cidrs];
  }
  if (denied || until === now) return { allowed: false, until: now, cidrs: [] };
  return { allowed: true, until, cidrs: anywhere ? [] : [...new Set(sources)].sort() };
}

function isFor(principal: string, email: string): boolean {
  if (principal === '*') return true;
  if (!principal.startsWith('*@')) return principal === email;
  const [, domain] = email.split('@');
  return principal.split('@')[1] === domain;
}

function fits(pattern: string[], name: string[]): boolean {
  const [first, ...others] = pattern;
  if (first === '*' && others.length === 0) return true;
  if (first === undefined || name.length === 0) return first === undefined && name.length === 0;
  return first === name[0] && fits(others, name.slice(1));
}

const emails = ['ada@lab.org', 'ad@lab.org', 'ada@cs.lab.org', 'ada@ab.org', 'lab.org@x.org', 'ada@lab.org.evil'];
const principals = [...emails, '*@lab.org', '*@cs.lab.org', '*@ab.org', '*@b.org', '*@org', '*@LAB.ORG', '*'];
const hosts = ['h', 'h:27020', 'h.lab.org', 'hh'];
const dbs = ['f', 'fw', 'fw_', 'fw_a', 'fw_ab', 'FW_a', 'xfw_a'];
const soon = fc.constantFrom(-1, 0, 1, 2, 60, day).map((after) => now + after);
const anyRule: fc.Arbitrary<AnyRule> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ unreadable: 'rules#* x' }) },
  {
    weight: 60,
    arbitrary: fc.record<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>(
      {
        email: fc.constantFrom(...principals),
        host: fc.constantFrom('*', ...hosts),
        db: fc.constantFrom('*', 'f*', 'fw_*', 'fw_a*', 'fw_ab*', 'FW_*', 'x*', ...dbs),
        role: fc.constantFrom('read', 'readWrite'),
        which: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
        expiresAt: soon,
        maxTtl: fc.constantFrom(1, 2, 60, day),
        cidrs: fc.subarray(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'], { minLength: 1 }),
      },
      { requiredKeys: ['email', 'host', 'db', 'role', 'which'] },
    ),
  },
);
const anyRules = fc.array(anyRule, { maxLength: 6 });
const anyWish = fc.record<Wish>({
  email: fc.constantFrom(...emails),
  host: fc.constantFrom(...hosts),
  db: fc.constantFrom(...dbs),
  role: fc.constantFrom('read', 'readWrite'),
});

test('100,000 random cases are decided as the reference decides them, by a rule that bears it out', () => {
  const seen = { allowed: 0, denied: 0, restricted: 0, shortened: 0 };
  fc.assert(
    fc.property(anyRules, anyWish, fc.constantFrom(1, 30, day), (rules, asked, ttl) => {
      const decision = decide(rules, asked, { ttl, now });
      const wanted = reference(rules, asked, ttl);
      const { allowed, until, cidrs } = decision;
      if (JSON.stringify({ allowed, until, cidrs }) !== JSON.stringify(wanted)) expect(decision).toMatchObject(wanted);
      // The rule that is named as decisive must decide the same way alone.
      const alone = decision.rule && reference([decision.rule], asked, ttl);
      if (alone && (alone.allowed !== allowed || alone.until !== until)) expect(alone).toEqual(wanted);
      if (!decision.rule !== (decision.matched.length === 0)) throw new Error('a decision without its rule');
      if (wanted.allowed) seen.allowed += 1;
      else if (decision.rule) seen.denied += 1;
      if (wanted.cidrs.length > 0) seen.restricted += 1;
      if (wanted.allowed && wanted.until < now + ttl) seen.shortened += 1;
    }),
    { numRuns: 100_000 },
  );
  // The cases are worth something only if every kind of answer is among them.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500);
});

test('the order of the rules changes nothing', () => {
  fc.assert(
    fc.property(anyRules, anyWish, (rules, asked) => {
      const { rule: _, matched, ...first } = decide(rules, asked, { ttl: day, now });
      const { rule: __, matched: other, ...second } = decide(rules.toReversed(), asked, { ttl: day, now });
      expect([second, new Set(other)]).toEqual([first, new Set(matched)]);
    }),
  );
});

test('one more deny never opens anything, one more allow never closes anything', () => {
  fc.assert(
    fc.property(anyRules, anyRule, anyWish, (rules, more, asked) => {
      const [before, after] = [rules, [...rules, more]].map((all) => decide(all, asked, { ttl: day, now }).allowed);
      if ('unreadable' in more || more.which === 'deny') expect(after && !before).toBe(false);
      else expect(before && !after).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test('no rule is no, and a deny wins over any number of allows', () => {
  expect(ask([])).toEqual({ allowed: false, matched: [], cidrs: [], until: now });
  const deny = rule({ email: '*', host: '*', db: '*', which: 'deny' });
  const decision = ask([rule(), deny, rule({ email: '*' })]);
  expect([decision.allowed, decision.rule, decision.until, decision.matched.length]).toEqual([false, deny, now, 3]);
});

test('an allow reaches down and a deny reaches up', () => {
  expect(allowed([rule({ role: 'readWrite' })], { role: 'read' })).toBe(true);
  expect(allowed([rule({ role: 'read' })], { role: 'readWrite' })).toBe(false);
  const both = rule({ role: 'readWrite' });
  expect(allowed([both, rule({ role: 'read', which: 'deny' })], { role: 'readWrite' })).toBe(false);
  expect(allowed([both, rule({ role: 'read', which: 'deny' })], { role: 'read' })).toBe(false);
  expect(allowed([both, rule({ role: 'readWrite', which: 'deny' })], { role: 'read' })).toBe(true);
  expect(allowed([both, rule({ role: 'readWrite', which: 'deny' })], { role: 'readWrite' })).toBe(false);
});

test('a rule counts up to the last second before its end, an expired deny no longer', () => {
  const ends = now + 10;
  const at = (moment: number, rules: Rule[]) => decide(rules, wish, { ttl: day, now: moment }).allowed;
  expect([ends - 1, ends, ends + 1].map((moment) => at(moment, [rule({ expiresAt: ends })]))).toEqual([
    true,
    false,
    false,
  ]);
  const deny = rule({ which: 'deny', expiresAt: ends });
  expect([ends - 1, ends].map((moment) => at(moment, [rule(), deny]))).toEqual([false, true]);
});

test('what cannot be read is a deny, and is named as the reason', () => {
  const unreadable = { unreadable: 'rules#* h#db#read#allow' };
  expect(ask([rule(), unreadable])).toMatchObject({ allowed: false, rule: unreadable, until: now });
});

test.each(['__proto__', 'constructor', 'toString', 'root', ''])('the role %j is nobody’s', (role) => {
  expect(allowed([rule({ role })])).toBe(false);
  expect(allowed([rule()], { role })).toBe(false);
  expect(allowed([rule({ role })], { role })).toBe(false);
});

test('the rule that lets the grant live longest decides, with its own addresses only', () => {
  const short = rule({ maxTtl: 60 });
  const long = rule({ email: '*', maxTtl: 3600, cidrs: ['10.0.0.0/8'] });
  expect(ask([short, long])).toMatchObject({ rule: long, until: now + 3600, cidrs: ['10.0.0.0/8'] });
  const ending = rule({ expiresAt: now + 3601, cidrs: ['192.0.2.7'] });
  expect(ask([short, long, ending])).toMatchObject({ rule: ending, until: now + 3601, cidrs: ['192.0.2.7'] });
  const asLong = rule({ db: '*', maxTtl: 3600, cidrs: ['192.0.2.7', '10.0.0.0/8'] });
  expect(ask([long, asLong]).cidrs).toEqual(['10.0.0.0/8', '192.0.2.7']);
  expect(ask([long, rule({ db: '*', maxTtl: 3600 })]).cidrs).toEqual([]);
});

test('a rule can only shorten the life that was asked for', () => {
  expect(ask([rule({ maxTtl: 90 * day })]).until).toBe(now + day);
  expect(ask([rule({ expiresAt: now + 90 * day })], {}, { ttl: 60 }).until).toBe(now + 60);
});

test('an address is found under itself, its whole domain and everybody, and under nothing else', () => {
  expect(principalsOf('ada@cs.lab.org')).toEqual(['ada@cs.lab.org', '*@cs.lab.org', '*']);
  for (const email of ['*@lab.org', '*@s.lab.org', '*@*.lab.org', '*cs.lab.org', 'ada@*', '*@', '@cs.lab.org'])
    expect(allowed([rule({ email })])).toBe(false);
});

test('a pattern covers another one only if it covers all that the other can match', () => {
  for (const [outer, inner, yes] of [
    ['*', 'fw_*', true],
    ['fw_*', 'fw_*', true],
    ['fw_*', 'fw_a*', true],
    ['fw_*', 'fw_', true],
    ['fw_a*', 'fw_*', false],
    ['fw_*', '*', false],
    ['fw_*', 'fw', false],
    ['fw_a', 'fw_a*', false],
    ['fw_a', 'FW_a', false],
  ] as const)
    expect([outer, inner, covers(outer, inner)]).toEqual([outer, inner, yes]);
});

test('whatever a decision allows, the list of what is open shows', () => {
  const near: fc.Arbitrary<Rule> = fc.record({
    email: fc.constant('*'),
    host: fc.constantFrom('*', 'h'),
    db: fc.constantFrom('*', 'fw_*', 'fw_a'),
    role: fc.constantFrom('read', 'readWrite'),
    which: fc.constantFrom('allow', 'deny'),
  });
  fc.assert(
    fc.property(fc.array(near, { maxLength: 4 }), fc.constantFrom('read', 'readWrite'), (rules, role) => {
      const asked = { email: 'ada@lab.org', host: 'h', db: 'fw_a', role };
      if (!decide(rules, asked, { ttl: day, now }).allowed) return;
      const shown = access(rules, now);
      expect(
        shown.filter(
          ({ host, db, role }) =>
            ['*', asked.host].includes(host) && covers(db, asked.db) && roles[role]?.includes(asked.role),
        ),
      ).not.toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

test('what is taken away as a whole, has expired or cannot be read is not shown as open', () => {
  const open = (...rules: AnyRule[]) => access(rules, now).map(({ db, role }) => [db, role]);
  const allow = rule({ db: 'fw_*', role: 'readWrite' });
  const deny = (change: Partial<Rule>) => rule({ db: 'fw_*', which: 'deny', ...change });
  expect(open(allow)).toEqual([['fw_*', 'readWrite']]);
  expect(open(allow, deny({ db: 'fw_a*' }))).toEqual([['fw_*', 'readWrite']]);
  expect(open(allow, deny({ db: '*', host: '*' }))).toEqual([]);
  expect(open(allow, deny({ role: 'readWrite' }))).toEqual([['fw_*', 'read']]);
  expect(open(allow, deny({ expiresAt: now }))).toEqual([['fw_*', 'readWrite']]);
  expect(open(rule({ expiresAt: now }))).toEqual([]);
  expect(open(allow, { unreadable: 'x' })).toEqual([]);
});

test('a rule is named in one line, an unreadable one by its key', () => {
  expect(ruleName(rule({ db: 'fw_*' }))).toBe('allow ada@cs.lab.org read h.lab.org/fw_*');
  expect(ruleName({ unreadable: 'rules#* x' })).toBe('unreadable: rules#* x');
});
