import fc from 'fast-check';
import { ApiError } from '../../../shared/contract/errors';
import { grantCredentialsRoute } from '../../../shared/contract/routes/grant-credentials';
import { redeemLinkRoute } from '../../../shared/contract/routes/redeem-link';
import { removeRuleRoute } from '../../../shared/contract/routes/remove-rule';
import { revokeGrantsRoute } from '../../../shared/contract/routes/revoke-grants';
import { setRuleRoute } from '../../../shared/contract/routes/set-rule';
import { showLinkRoute } from '../../../shared/contract/routes/show-link';
import { parse, parseTaken } from '../../../shared/http/parse';
import { durationText } from '../../../shared/policy/durations';
import { inputs } from '../../support/inputs';

type Input = Record<string, unknown>;
const grant = { host: 'h.lab.org', db: 'fw_phonons', role: 'read' };
const rule = { ...grant, email: '*@lab.org', db: 'fw_*', which: 'allow' };

/** What is said about the input; empty if it passes. */
function said(schema: keyof typeof inputs, input: unknown): string {
  try {
    parse(inputs[schema], input);
    return '';
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invalid_request') return error.message;
    throw error;
  }
}
const refused = (schema: keyof typeof inputs, valid: Input, field: string, values: unknown[]) => {
  for (const value of values) {
    const detail = said(schema, { ...valid, [field]: value });
    expect([value, detail]).toEqual([value, expect.stringMatching(new RegExp(`^${field}(\\.\\d+)?: `))]);
  }
};
const accepted = (schema: keyof typeof inputs, valid: Input, field: string, values: unknown[]) => {
  for (const value of values) expect([value, said(schema, { ...valid, [field]: value })]).toEqual([value, '']);
};

const noText: unknown[] = [null, true, false, 0, 1, 1.5, [], {}, ['x'], { $gt: '' }, { $ne: null }, { toString: 'x' }];
const noName = ['a b', 'a\0', 'a\n', '../a', 'a/b', '$where', 'a\u0301', 'ａ', '\u212aa', '\u0430', '😀', '\ud800'];

test('a grant is read with its defaults, addresses and hosts in lower case', () => {
  expect(parse(inputs.grant, grant)).toEqual({ ...grant, label: '' });
  expect(parse(inputs.grant, { ...grant, host: 'H.Lab.org:27017', ttl: '12 h', label: 'Laptop' })).toEqual({
    ...grant,
    label: 'Laptop',
    ttl: 43_200,
  });
  expect(parse(inputs.link, { email: 'Ada@Lab.org' })).toEqual({ email: 'ada@lab.org', terminal: false });
});

test.each([
  ['link', { email: 'ada@lab.org' }],
  ['grant', grant],
  ['grantFilter', {}],
  ['revokeGrants', {}],
  ['revokeTokens', {}],
  ['rule', rule],
  ['ruleKey', rule],
  ['ruleFilter', {}],
  ['nothing', {}],
] as const)('%s: every missing field is named at once, and one that it does not have', (schema, valid) => {
  const missing = Object.keys(valid).map((field) => `${field}: is missing`);
  expect(said(schema, {}).split('; ').toSorted()).toEqual(missing.length > 0 ? missing.toSorted() : ['']);
  for (const field of ['isAdmin', 'constructor', 'toString', '$where', '', 'email.x', 'email[]', 'EMAIL'])
    expect(said(schema, { ...valid, [field]: 'x' })).toBe(`${field}: is not a field of this request`);
  const polluted = JSON.parse(JSON.stringify(valid).replace('{', '{"__proto__":{"admin":true},').replace(',}', '}'));
  expect(said(schema, polluted)).toBe('__proto__: is not a field of this request');
});

test('what is no object is refused as a whole', () => {
  for (const input of [null, undefined, 'x', 1, true]) expect(said('link', input)).toMatch(/^body: /);
});

test('no field takes another type, or a name of another alphabet, a path or an operator', () => {
  for (const field of ['host', 'db', 'role', 'label']) refused('grant', grant, field, [...noText, ...noName]);
  for (const field of ['email', 'host', 'db', 'role', 'which']) refused('rule', rule, field, [...noText, ...noName]);
  for (const field of ['email', 'host', 'db', 'role', 'label'])
    refused('revokeGrants', {}, field, [...noText, ...noName]);
  for (const field of ['email', 'host', 'db']) refused('grantFilter', {}, field, [...noText, ...noName]);
  refused('link', {}, 'email', [...noText, ...noName, ...noName.map((name) => `${name}@lab.org`).slice(0, 2)]);
  refused('revokeTokens', {}, 'email', [...noText, ...noName, '*']);
  refused('ruleFilter', {}, 'email', [...noText, ...noName]);
});

test('a letter that only becomes a plain one in lower case is not that letter', () => {
  expect('\u212a'.toLowerCase()).toBe('k');
  refused('link', {}, 'email', ['\u212aate@lab.org', 'kate@lab.\u212aom']);
  refused('grant', grant, 'host', ['\u212a.lab.org']);
  refused('rule', rule, 'email', ['*@\u212a.org', '\u212aate@lab.org']);
});

test.each(['grant', 'why', 'grantFilter', 'revokeGrants', 'auditFilter', 'ruleKey'] as const)(
  'no name with two ports is a host for %s',
  (input) => {
    const entries = Object.entries(grant).filter(([field]) => field in inputs[input].entries);
    const valid = { ...Object.fromEntries(entries), ...(input === 'ruleKey' && rule) };
    refused(input, valid, 'host', twice);
  },
);

/** Names with two ports: what is left when a default port is taken away is none either. */
const twice = ['h:27017:27017', 'h:27018:27017', 'h:27017:27018'];

test('limits hold to the character', () => {
  accepted('grant', grant, 'db', ['x'.repeat(63)]);
  refused('grant', grant, 'db', ['x'.repeat(64), 'x'.repeat(100_000), '']);
  accepted('grant', grant, 'label', ['', 'x'.repeat(32)]);
  refused('grant', grant, 'label', ['x'.repeat(33), '*']);
  refused('grant', grant, 'host', ['', '*', 'x'.repeat(261), `${'x'.repeat(253)}:270171`, ...twice]);
  accepted('rule', rule, 'note', ['', 'x'.repeat(200), 'für die Strahlzeit, 東京 😀']);
  refused('rule', rule, 'note', [
    'x'.repeat(201),
    'a\nb',
    'a\0',
    'a\u007f',
    'a\u0085',
    'a\u2028b',
    '\ud800',
    1,
    null,
    {},
  ]);
});

test('the databases of the server itself are never named', () => {
  for (const db of ['admin', 'local', 'config', 'Admin', 'CONFIG']) {
    expect(said('grant', { ...grant, db })).toBe('db: admin, local and config are never granted');
    expect(said('rule', { ...rule, db })).toBe('db: admin, local and config are never granted');
  }
});

test('only the roles of the policy are known', () => {
  accepted('grant', grant, 'role', ['read', 'readWrite']);
  refused('grant', grant, 'role', ['root', 'READ', 'readwrite', '', '__proto__', 'constructor', '*']);
});

test('a rule takes patterns only as the contract writes them', () => {
  accepted('rule', rule, 'email', ['*', '*@lab.org', 'ada@lab.org', '*@LAB.org']);
  refused('rule', rule, 'email', ['**', '*@', '*@*', '*@lab', '@lab.org', 'a*@lab.org', '*@*.lab.org', '*@.lab.org']);
  accepted('rule', rule, 'host', ['*', 'h', 'h:27020']);
  refused('rule', rule, 'host', ['h*', '*.lab.org', '', '**', ...twice]);
  accepted('rule', rule, 'db', ['*', 'fw_*', 'fw']);
  refused('rule', rule, 'db', ['**', 'f*w', '*fw', '', 'fw**', `${'x'.repeat(64)}*`]);
  refused('rule', rule, 'which', ['', 'ALLOW', 'both', '*']);
});

test('a time to live is a duration or whole seconds, and stays within what a table can hold', () => {
  for (const [ttl, seconds] of [
    ['90 m', 5400],
    [60, 60],
    ['60', 60],
    ['0.5 h', 1800],
    [864_000_000, 864_000_000],
  ] as const)
    expect(parse(inputs.grant, { ...grant, ttl }).ttl).toBe(seconds);
  const bad = [
    0,
    -1,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER + 1,
    '',
    '0',
    '-1',
    '1e9',
    '12 x',
    'NaN',
    null,
    true,
    [],
    [60],
    {},
  ];
  refused('grant', grant, 'ttl', [...bad, '10001 d']);
  refused('rule', rule, 'maxTtl', [...bad, '10001 d']);
});

test('a time to live can be written back as it is shown', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.stringMatching(/^\d{1,10}(\.\d{1,3})? ?[smhdw]?$/)), (maxTtl) => {
      if (said('rule', { ...rule, maxTtl })) return;
      const read = parse(inputs.rule, { ...rule, maxTtl }).maxTtl ?? 0;
      expect(parse(inputs.rule, { ...rule, maxTtl: durationText(read) }).maxTtl).toBe(read);
    }),
    { numRuns: 2000 },
  );
});

test('the end of a rule is a time with its zone', () => {
  expect(parse(inputs.rule, { ...rule, expires: '2026-12-31T01:00:00.999+01:00' }).expires).toBe(1_798_675_200);
  refused('rule', rule, 'expires', [
    ...noText,
    '',
    'tomorrow',
    '2026-12-31',
    '2026-12-31T00:00:00',
    '2026-13-01T00:00:00Z',
    '2026-02-30T25:00:00Z',
    '2026-12-31T00:00:00Z\0',
    `2026-12-31T00:00:00.${'0'.repeat(40)}Z`,
  ]);
});

test('source addresses are a list, or a text with commas, of one to twenty', () => {
  expect(parse(inputs.rule, { ...rule, cidrs: '10.0.0.0/8, 192.0.2.7' }).cidrs).toEqual(['10.0.0.0/8', '192.0.2.7']);
  const many = Array(20).fill('10.0.0.0/8');
  accepted('rule', rule, 'cidrs', [['::/0'], many]);
  refused('rule', rule, 'cidrs', [
    [],
    '',
    ',',
    [...many, '10.0.0.0/8'],
    ['10.0.0.0/33'],
    ['localhost'],
    [''],
    [1],
    [null],
    [['10.0.0.0/8']],
    [{ $gt: '' }],
    {},
    { 0: '10.0.0.0/8', length: 1 },
    null,
    1,
    true,
    'x'.repeat(1001),
    ['1'.repeat(51)],
  ]);
});

test('everybody and everything can be named only where the contract says so', () => {
  for (const field of ['email', 'host', 'db', 'role', 'label']) accepted('revokeGrants', {}, field, ['*']);
  for (const field of ['email', 'host', 'db']) accepted('grantFilter', {}, field, ['*']);
  refused('grantFilter', {}, 'email', ['*@lab.org']);
  refused('link', {}, 'email', ['*', '*@lab.org']);
});

const ruler = { email: 'ruler@lab.org', hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };

test('a scope is "all" or a list, and nothing in a list is wider than it looks', () => {
  for (const field of ['hosts', 'dbs', 'emails', 'which']) {
    accepted('ruler', ruler, field, ['all']);
    refused('ruler', ruler, field, [
      'ALL',
      '',
      '*',
      [],
      ['all'],
      ['*'],
      [''],
      {},
      null,
      ['a', 1],
      Array(101).fill('a'),
    ]);
  }
  refused('ruler', ruler, 'hosts', ['h.lab.org', ['h*'], ['h', '*'], ...twice.map((host) => [host])]);

  refused('ruler', ruler, 'dbs', ['fw_', ['fw_*'], ['fw_', '']]);
  refused('ruler', ruler, 'emails', [
    '@lab.org',
    ['lab.org'],
    ['*@lab.org'],
    ['@'],
    ['a@lab.org'],
    ['@lab.org', '@org'],
  ]);
  refused('ruler', ruler, 'which', ['allow', ['maybe'], ['allow', 'all']]);
  refused('ruler', ruler, 'email', ['*', '*@lab.org', '@lab.org']);
  const written = { ...ruler, email: 'Ruler@Lab.org', hosts: ['H.lab.org:27017'], emails: ['@LAB.org'] };
  expect(parse(inputs.ruler, written)).toMatchObject({
    email: 'ruler@lab.org',
    hosts: ['h.lab.org'],
    emails: ['@lab.org'],
  });
});

test('a deny has no limits: it denies for ever and from everywhere', () => {
  const deny = { ...rule, which: 'deny' };
  expect(said('rule', { ...deny, note: 'x', expires: '2027-01-01T00:00:00Z' })).toBe('');
  expect(said('rule', { ...deny, maxTtl: '1 d' })).toBe('maxTtl: is for rules that allow');
  expect(said('rule', { ...deny, cidrs: ['10.0.0.0/8'] })).toBe('cidrs: is for rules that allow');
});

test('a day that does not exist is not taken for another one', () => {
  accepted('rule', rule, 'expires', ['2028-02-29T00:00:00Z', '2027-12-31T23:59:59.999Z', '2027-01-01T00:00:00+02:00']);
  refused('rule', rule, 'expires', ['2027-02-31T00:00:00Z', '2027-06-31T00:00:00Z', '2027-02-29T00:00:00Z']);
});

test('several faults are told at once, and what was sent is not repeated', () => {
  const detail = said('grant', { host: 'mongodb://root:hunter2@h', db: 'hunter2.x', role: 'hunter2' });
  expect(detail.split('; ').map((line) => line.split(':')[0])).toEqual(['host', 'db', 'role']);
  expect(detail).not.toContain('hunter2');
});

test('a field in the place where nobody reads it is refused, not passed over', () => {
  const host = { host: 'h' };
  expect(parseTaken(revokeGrantsRoute, { query: host, body: {} })).toEqual({ query: host });
  expect(() => parseTaken(revokeGrantsRoute, { query: {}, body: host })).toThrow(
    'host: belongs in the query of this request, not in its body',
  );
  const given = { ...grant, label: '' };
  expect(parseTaken(grantCredentialsRoute, { query: {}, body: grant })).toEqual({ body: given });
  expect(() => parseTaken(grantCredentialsRoute, { query: { ttl: '1 h' }, body: grant })).toThrow(
    'ttl: belongs in the body of this request, not in its query',
  );
});

test('a route that takes both has each field in its place', () => {
  const dry = { dryRun: 'true' };
  expect(parseTaken(setRuleRoute, { query: dry, body: rule })).toEqual({ query: { dryRun: true }, body: rule });
  expect(() => parseTaken(setRuleRoute, { query: {}, body: { ...rule, ...dry } })).toThrow(
    'dryRun: belongs in the query of this request, not in its body',
  );
  expect(() => parseTaken(setRuleRoute, { query: { note: 'x' }, body: rule })).toThrow(
    'note: belongs in the body of this request, not in its query',
  );
  expect(() => parseTaken(removeRuleRoute, { query: {}, body: dry })).toThrow(
    'dryRun: belongs in the query of this request, not in its body',
  );
});

test('what programs that look through mail add to a link does no harm', () => {
  const query = { utm_source: 'mail' };
  expect(parseTaken(redeemLinkRoute, { query, body: { code: 'x' } })).toEqual({ body: { code: 'x' } });
  expect(parseTaken(showLinkRoute, { query, body: {} })).toEqual({});
});
