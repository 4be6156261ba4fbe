import Ajv from 'ajv/dist/2020';
import fc from 'fast-check';
import * as v from 'valibot';
import { email, principal } from '../../../shared/contract/fields/access';
import { scope } from '../../../shared/contract/fields/scope';
import { isDomain } from '../../../shared/contract/names';
import { anyAddress } from '../../../shared/contract/patterns';
import { storedAddress } from '../../../shared/contract/stored-address';

const said = (schema: v.GenericSchema, input: unknown): string =>
  v.safeParse(schema, input, { abortPipeEarly: true }).issues?.[0].message ?? '';

test.each([
  ['ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
  ['Ada@MÜNCHEN.Example', 'ada@xn--mnchen-3ya.example'],
  ['ada@mu\u0308nchen.example', 'ada@xn--mnchen-3ya.example'],
  ['ada@xn--mnchen-3ya.example', 'ada@xn--mnchen-3ya.example'],
  ['ada@labor.東京.jp', 'ada@labor.xn--1lqs71d.jp'],
  ['ada@straße.example', 'ada@xn--strae-oqa.example'],
  // Another alphabet's letters that look like plain ones make another name, and show that they do.
  ['ada@l\u0430b.org', 'ada@xn--lb-7kc.org'],
  ['a+b@Lab.org', 'a+b@lab.org'],
])('%s is stored as %s', (typed, stored) => {
  expect(v.parse(email, typed)).toBe(stored);
  expect(v.parse(principal, typed)).toBe(stored);
  const domain = (address: string) => address.slice(address.indexOf('@'));
  expect(v.parse(principal, `*${domain(typed)}`)).toBe(`*${domain(stored)}`);
  expect(v.parse(scope.emails, [domain(typed)])).toEqual([domain(stored)]);
  expect(new RegExp(`^${anyAddress}$`, 'u').test(typed.normalize('NFC'))).toBe(true);
});

test.each([
  'ada@la\u212a.org',
  'ada@ｌab.org',
  'ada@lab\u3002org',
  'ada@münchen',
  'ada@münchen..example',
  'ada@-münchen.example',
  'ada@münchen.example/x',
  'ada@münchen%2eexample',
  'ada@münchen.example:25',
  'ada@\u202emünchen.example',
  'ada@😀\ud800.example',
  `ada@${'ü'.repeat(64)}.example`,
  'ada@xn--\u0301.example',
  '*@münchen.example',
])('%j is no address', (typed) => {
  expect(said(email, typed)).toMatch(/^must be an e-mail address/);
});

test('a part before the @ beyond plain letters is refused, and says so', () => {
  for (const typed of ['jürgen@lab.org', '\u212aate@lab.org', 'ada\u200b@lab.org', '東@münchen.example'])
    for (const field of [email, principal]) expect(said(field, typed)).toMatch(/only plain letters.*before its @/);
});

test('a blank says how a + is written in a form', () => {
  for (const field of [email, principal])
    expect(said(field, 'a b@lab.org')).toMatch(/\+ must be written %2B.*--data-urlencode/);
});

test('whatever is typed, a domain comes out as it is typed or as one of the DNS, and the same again the second time', () => {
  const letters = fc.string({ unit: fc.oneof(fc.constantFrom(...'aK.-üß東\u212a＠。@'), fc.string({ maxLength: 1 })) });
  fc.assert(
    fc.property(letters, (typed) => {
      const stored = storedAddress(typed);
      expect(storedAddress(stored)).toBe(stored);
      const domain = stored.slice(stored.lastIndexOf('@') + 1);
      const before = typed.slice(typed.lastIndexOf('@') + 1);
      if (!/^[ -~]*$/.test(before) && isDomain(domain)) expect(domain).toMatch(/(^|\.)xn--/);
    }),
  );
});

test('the pattern for editors takes every address that is taken', () => {
  const taken = new Ajv({ strict: false }).compile({ type: 'string', pattern: `^${anyAddress}$` });
  for (const typed of ['ada@münchen.example', 'ada@東京.jp', 'ada@lab.org', 'ADA@LAB.ORG'])
    expect(taken(typed)).toBe(true);
  for (const typed of [
    'ada@lab',
    'ada@lab..org',
    'ada@-lab.org',
    'ada@lab_x.org',
    'ada@lab.org/',
    'jürgen@lab.org',
    'a b@lab.org',
  ])
    expect(taken(typed)).toBe(false);
});
