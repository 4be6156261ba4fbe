import { asksOutside, inside, outside, type Scope } from '../../../shared/policy/scope';

const scope: Scope = { hosts: ['h', 'h:2'], dbs: ['fw_', 'x'], emails: ['@lab.org'], which: ['allow'] };
const rule = { email: 'ada@lab.org', host: 'h', db: 'fw_a', role: 'read', which: 'allow' as const };
const everything: Scope = { hosts: 'all', dbs: 'all', emails: 'all', which: 'all' };

test('a rule is inside a scope if each of its parts is, and the parts that are not are named in order', () => {
  expect(outside(scope, rule)).toEqual([]);
  expect(inside(scope, rule)).toBe(true);
  const other = { email: 'ada@other.org', host: 'g', db: 'a', role: 'read', which: 'deny' as const };
  expect(outside(scope, other)).toEqual(['hosts', 'dbs', 'emails', 'which']);
  expect(inside(scope, other)).toBe(false);
  for (const part of ['host', 'db', 'email', 'which'] as const)
    expect(outside(scope, { ...rule, [part]: other[part] })).toEqual([part === 'which' ? 'which' : `${part}s`]);
});

test('one of several hosts or beginnings is enough', () => {
  expect(outside(scope, { ...rule, host: 'h:2', db: 'x' })).toEqual([]);
  expect(outside(scope, { ...rule, host: 'h:3' })).toEqual(['hosts']);
});

test('a beginning is one, and a domain is an end: neither is found in the middle', () => {
  expect(outside(scope, { ...rule, db: 'a_fw_' })).toEqual(['dbs']);
  expect(outside(scope, { ...rule, db: 'fw' })).toEqual(['dbs']);
  expect(outside(scope, { ...rule, email: 'ada@lab.org.evil.org' })).toEqual(['emails']);
  expect(outside(scope, { ...rule, email: 'ada@sub.lab.org' })).toEqual(['emails']);
});

test('a pattern is inside only if all that it can match is', () => {
  expect(outside(scope, { ...rule, email: '*@lab.org', db: 'fw_*' })).toEqual([]);
  expect(outside(scope, { ...rule, email: '*', host: '*', db: '*' })).toEqual(['hosts', 'dbs', 'emails']);
  expect(outside(scope, { ...rule, db: 'fw*' })).toEqual(['dbs']);
});

test('`all` is everything, for the part that says so and no other', () => {
  const any = { email: '*', host: '*', db: '*', role: 'read', which: 'deny' as const };
  expect(outside(everything, any)).toEqual([]);
  for (const part of ['hosts', 'dbs', 'emails', 'which'] as const)
    expect(outside({ ...everything, [part]: [] }, any)).toEqual([part]);
});

test('a grant, of which nobody says allow or deny, has the other parts only', () => {
  const { which: _, ...grant } = rule;
  expect(outside({ ...scope, which: [] }, grant)).toEqual([]);
  expect(outside({ ...scope, which: ['deny'] }, rule)).toEqual(['which']);
});

test('a filter asks for what is outside only where it names it', () => {
  expect(asksOutside(scope, {})).toBe(false);
  expect(asksOutside(scope, { email: '*', host: '*', db: '*' })).toBe(false);
  expect(asksOutside(scope, { email: 'ada@lab.org', host: 'h', db: 'fw_a' })).toBe(false);
  expect(asksOutside(scope, { email: 'ada@lab.org' })).toBe(false);
  for (const filter of [{ email: 'ada@other.org' }, { host: 'g' }, { db: 'a' }])
    expect([filter, asksOutside(scope, filter)]).toEqual([filter, true]);
  expect(asksOutside(scope, { host: 'h', db: 'a' })).toBe(true);
  expect(asksOutside({ ...scope, which: [] }, { host: 'h' })).toBe(false);
  expect(asksOutside(everything, { email: 'ada@other.org', host: 'g', db: 'a' })).toBe(false);
});
