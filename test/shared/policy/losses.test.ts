import fc from 'fast-check';
import { type Held, lossesOf, mayTake } from '../../../shared/policy/losses';
import { decide, type Rule } from '../../../shared/policy/policy';

const now = 1_800_000_000;
const day = 86_400;
const held = (change: Partial<Held> = {}): Held => ({
  email: 'ada@lab.org',
  host: 'h',
  db: 'fw_a',
  role: 'read',
  expiresAt: now + 10 * day,
  ...change,
});
const rule = (change: Partial<Rule> = {}): Rule => ({
  email: '*@lab.org',
  host: '*',
  db: 'fw_*',
  role: 'readWrite',
  which: 'allow',
  ...change,
});
const fate = (grant: Held, ...rules: Rule[]) => {
  const { ends, shortens } = lossesOf([grant], () => rules, now);
  return ends.length > 0 ? 'ends' : (shortens[0]?.until ?? 'stays');
};

test('a grant that the rules would give today stays, with the end that it has', () => {
  expect(fate(held(), rule())).toBe('stays');
  expect(fate(held(), rule({ maxTtl: 10 * day }))).toBe('stays');
  expect(fate(held(), rule({ expiresAt: now + 10 * day }))).toBe('stays');
});

test('a grant that they would not give ends', () => {
  expect(fate(held())).toBe('ends');
  expect(fate(held({ role: 'readWrite' }), rule({ role: 'read' }))).toBe('ends');
  expect(fate(held(), rule(), rule({ role: 'read', which: 'deny' }))).toBe('ends');
  expect(fate(held(), rule({ expiresAt: now }))).toBe('ends');
});

test('a grant that they would give for less time than is left of it ends sooner', () => {
  expect(fate(held(), rule({ maxTtl: day }))).toBe(now + day);
  expect(fate(held(), rule({ expiresAt: now + day }))).toBe(now + day);
  expect(fate(held(), rule({ maxTtl: day }), rule({ email: '*', maxTtl: 2 * day }))).toBe(now + 2 * day);
});

test('a login that works from more addresses than the rules allow ends, one that works from fewer stays', () => {
  const lab = rule({ cidrs: ['10.0.0.0/8'] });
  expect(fate(held(), lab)).toBe('ends');
  expect(fate(held({ cidrs: [] }), lab)).toBe('ends');
  expect(fate(held({ cidrs: ['10.1.0.0/16'] }), lab)).toBe('stays');
  expect(fate(held({ cidrs: ['192.0.2.7'] }), lab)).toBe('ends');
  expect(fate(held({ cidrs: ['192.0.2.7'] }), rule())).toBe('stays');
});

test('a login that the rules would give from so many addresses for less time only ends sooner', () => {
  const anywhere = rule({ maxTtl: 1800 });
  const lab = rule({ email: '*', maxTtl: 7200, cidrs: ['10.0.0.0/8'] });
  expect(fate(held(), anywhere, lab)).toBe(now + 1800);
  expect(fate(held({ cidrs: ['10.1.0.0/16'] }), anywhere, lab)).toBe(now + 7200);
  expect(fate(held(), rule({ expiresAt: now + 60 }), lab)).toBe(now + 60);
  expect(fate(held({ cidrs: ['192.0.2.7'] }), lab)).toBe('ends');
});

test('what was given by these rules loses nothing by them, at any later moment before its end', () => {
  const anyRule = fc.record<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>(
    {
      email: fc.constantFrom('*', '*@lab.org', 'ada@lab.org'),
      host: fc.constantFrom('*', 'h'),
      db: fc.constantFrom('*', 'fw_*', 'fw_a'),
      role: fc.constantFrom('read', 'readWrite'),
      which: fc.constantFrom('allow', 'allow', 'allow', 'deny'),
      maxTtl: fc.constantFrom(60, day, 20 * day),
      expiresAt: fc.constantFrom(now + 100, now + 2 * day, now + 30 * day),
      cidrs: fc.constantFrom(['10.0.0.0/8'], ['192.0.2.0/24', '10.0.0.0/8'], ['192.0.2.7']),
    },
    { requiredKeys: ['email', 'host', 'db', 'role', 'which'] },
  );
  let given = 0;
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 4 }), fc.integer({ min: 1, max: 99 }), (rules, percent) => {
      const allows = rules.filter(({ which }) => which === 'allow');
      const { allowed, until, cidrs } = decide(allows, held(), { ttl: 10 * day, now });
      if (!allowed || until - now < 2) return;
      given += 1;
      const later = Math.min(now + Math.floor(((until - now) * percent) / 100), until - 1);
      const losses = lossesOf([held({ expiresAt: until, cidrs })], () => allows, later);
      if (losses.shortens.length + losses.ends.length > 0) throw new Error(JSON.stringify({ allows, later, losses }));
    }),
    { numRuns: 5000 },
  );
  expect(given).toBeGreaterThan(1000);
});

test.each([
  ['a new allow', 'allow', undefined, 'set', false],
  ['another allow in its place', 'allow', 'set', 'set', true],
  ['a removed allow', 'allow', 'set', undefined, true],
  ['a new deny', 'deny', undefined, 'set', true],
  ['another deny in its place', 'deny', 'set', 'set', true],
  ['a removed deny', 'deny', 'set', undefined, false],
] as const)('%s: whether it may take anything', (_, which, before, after, takes) => {
  const one = rule({ which });
  const change = { key: one, before: before && one, after: after && one };
  expect(mayTake(change)).toBe(takes);
});
