import {
  access,
  endOf,
  keyOf,
  opposites,
  type Rule,
  type RuleKey,
  roles,
  ruleName,
  sameRule,
  speaksOf,
} from '../../../shared/policy/policy';

const now = 1_800_000_000;
const key: RuleKey = { email: 'ada@lab.org', host: 'h', db: 'fw_*', role: 'read', which: 'allow' };
const wish = { email: 'ada@lab.org', host: 'h', db: 'fw_a', role: 'read' };

test('a role includes itself, and readWrite includes read', () => {
  expect(roles).toEqual({ read: ['read'], readWrite: ['read', 'readWrite'] });
});

test('a rule contradicts the rules beside it of which the deny takes the whole allow', () => {
  const found = (role: string, which: 'allow' | 'deny') =>
    opposites({ ...key, role, which }).map((one) => [one.role, one.which]);
  expect(found('read', 'allow')).toEqual([['read', 'deny']]);
  expect(found('readWrite', 'allow')).toEqual([
    ['read', 'deny'],
    ['readWrite', 'deny'],
  ]);
  expect(found('read', 'deny')).toEqual([
    ['read', 'allow'],
    ['readWrite', 'allow'],
  ]);
  expect(found('readWrite', 'deny')).toEqual([['readWrite', 'allow']]);
  expect(found('constructor', 'deny')).toEqual([]);
  expect(found('constructor', 'allow')).toEqual([]);
});

test('an opposite has the same principal, host and database, and no more than a key', () => {
  const rule: Rule = { ...key, expiresAt: now, maxTtl: 60, note: 'n', cidrs: ['10.0.0.0/8'] };
  expect(opposites(rule)).toEqual([{ ...key, which: 'deny' }]);
  expect(keyOf(rule)).toEqual(key);
});

test('rules are the same if every part of their keys is', () => {
  expect(sameRule(key, { ...key })).toBe(true);
  for (const change of [
    { email: '*@lab.org' },
    { host: '*' },
    { db: 'fw' },
    { role: 'readWrite' },
    { which: 'deny' as const },
  ])
    expect([change, sameRule(key, { ...key, ...change })]).toEqual([change, false]);
});

test('a rule speaks of a wish if principal, host, database and role all do', () => {
  expect(speaksOf(key, wish)).toBe(true);
  expect(speaksOf({ ...key, host: '*' }, wish)).toBe(true);
  for (const change of [{ email: 'eve@lab.org' }, { host: 'g' }, { db: 'fx' }, { role: 'readWrite' }])
    expect([change, speaksOf(key, { ...wish, ...change })]).toEqual([change, false]);
  expect(speaksOf({ ...key, which: 'deny' }, { ...wish, role: 'readWrite' })).toBe(true);
  expect(speaksOf({ ...key, which: 'deny', role: 'readWrite' }, wish)).toBe(false);
});

test('a rule gives until the sooner of its end and its longest life, for ever without either, and nothing if it can not be read', () => {
  expect(endOf(key, now)).toBe(Number.POSITIVE_INFINITY);
  expect(endOf({ ...key, maxTtl: 60 }, now)).toBe(now + 60);
  expect(endOf({ ...key, expiresAt: now + 30 }, now)).toBe(now + 30);
  expect(endOf({ ...key, maxTtl: 60, expiresAt: now + 30 }, now)).toBe(now + 30);
  expect(endOf({ ...key, maxTtl: 20, expiresAt: now + 30 }, now)).toBe(now + 20);
  expect(endOf({ unreadable: 'rules#x y' }, now)).toBe(now);
});

test('a rule has a name in which every part of its key stands', () => {
  expect(ruleName(key)).toBe('allow ada@lab.org read h/fw_*');
  expect(ruleName({ unreadable: 'rules#x y' })).toBe('unreadable: rules#x y');
});

test('a deny takes away what is open on its own host, and on every host where it names all', () => {
  const deny = (host: string): Rule => ({ ...key, host, which: 'deny' });
  expect(access([key, deny('g')], now)).toEqual([key]);
  expect(access([key, deny('h')], now)).toEqual([]);
  expect(access([key, deny('*')], now)).toEqual([]);
});
