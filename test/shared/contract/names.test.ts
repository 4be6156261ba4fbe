import fc from 'fast-check';
import {
  callerOf,
  hostOf,
  isCidr,
  isDatabase,
  isDomain,
  isEmail,
  isHost,
  isLabel,
  usernameOf,
} from '../../../shared/contract/names';

/** What passes and what doesn't, each shown by name if it is judged wrongly. */
function judges(check: (text: string) => boolean, good: string[], bad: string[]): void {
  expect(good.filter((text) => !check(text))).toEqual([]);
  expect(bad.filter(check)).toEqual([]);
}

/** Texts that are no name of any kind: other alphabets, combining forms, control characters, paths, operators. */
const strange = [
  ' ',
  '\0',
  '\n',
  'a\0',
  'a\n',
  '\na',
  'a b',
  'a\tb',
  '../a',
  'a/../b',
  '%2e%2e',
  '$a',
  '$ne',
  'a\u0301',
  'á',
  'ａ',
  '\u0430',
  '\u212a',
  'a\u200b',
  '\u202ea',
  '\ufeffa',
  'a\u00ad',
  '😀',
  '\ud800',
  'a;b',
  'a"b',
  "a'b\\",
  '__proto__\0',
];

test('addresses', () => {
  const long = 'x'.repeat(64);
  const part = 'd'.repeat(61);
  judges(
    isEmail,
    [
      'a@b.c',
      'ada.lovelace+work@cs.lab.org',
      "o'hara@lab.org",
      '_@lab.org',
      `${long}@lab.org`,
      `a@${'d'.repeat(63)}.org`,
      'a@1.2.3.4',
      'a@xn--mnchen-3ya.de',
      '!#$%&/=?^`{|}~-@lab.org',
      `${long}@${[part, part, part, 'org'].join('.')}`,
    ],
    [
      ...strange,
      ...strange
        .map((text) => `${text}@lab.org`)
        .filter((text) => !['$a@lab.org', '$ne@lab.org', '%2e%2e@lab.org'].includes(text)),
      ...strange.map((text) => `a@${text}.org`),
      '',
      'a',
      '@lab.org',
      'a@',
      'a@lab',
      'a@lab.',
      'a@.org',
      'a@lab..org',
      'a@-lab.org',
      'a@lab-.org',
      '.a@lab.org',
      'a.@lab.org',
      'a..b@lab.org',
      '../a@lab.org',
      'a@b@lab.org',
      'A@lab.org',
      'a@Lab.org',
      '*@lab.org',
      'a*@lab.org',
      '*',
      '"a b"@lab.org',
      'a@[127.0.0.1]',
      'a(comment)@lab.org',
      'Ada <a@lab.org>',
      'a@lab.org,b@lab.org',
      'a@lab.org\nbcc:b@lab.org',
      `${long}x@lab.org`,
      `a@${'d'.repeat(64)}.org`,
      `${long}@${[part, part, part, 'info'].join('.')}`,
    ],
  );
});

test('domains', () => {
  judges(
    isDomain,
    ['lab.org', 'a.b', 'x-1.lab.org'],
    [...strange, '', 'lab', '.org', 'lab.org.', '*.org', 'a_b.org', 'Lab.org', `${'a.'.repeat(126)}ab`],
  );
});

test('hosts', () => {
  judges(
    isHost,
    ['h', 'localhost:27020', 'mongodb03.lab.org', 'h:1', 'h:65535', '127.0.0.1', 'a_b', 'x'.repeat(253)],
    [
      ...strange,
      '',
      ':27017',
      'h:',
      'h:0',
      'h:65536',
      'h:99999',
      'h:027',
      'h:1:2',
      'h:1a',
      '.h',
      'h.',
      'h..org',
      '-h',
      'h-',
      '[::1]',
      '::1',
      'H',
      'h*',
      '*',
      'a@b',
      'h/db',
      'mongodb://h',
      'h,g',
      'h?x',
      'h#x',
      'x'.repeat(254),
    ],
  );
});

test('a host is kept in lower case and without the default port', () => {
  expect(['H.Lab.org:27017', 'h:27018', 'h:127017', 'h'].map(hostOf)).toEqual([
    'h.lab.org',
    'h:27018',
    'h:127017',
    'h',
  ]);
});

test('a default port is taken away once: no name with two ports becomes a host', () => {
  const twice = [
    'h:27017:27017',
    'h:27018:27017',
    'h:27017:27018',
    'h::27017',
    ':27017:27017',
    'H.Lab.org:27017:27017:27017',
  ];
  judges((text) => isHost(hostOf(text)), ['h:27017', 'h:27018', 'H:27017'], [...twice, ':27017', '27017:']);
  expect(['[::1]:27017', '[::1]:27018', '::1'].map(hostOf)).toEqual(['[::1]', '[::1]:27018', '::1']);
  const part = fc.constantFrom('h', 'H.org', ':27017', ':27018', ':', '27017', '[::1]', ' ');
  const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (host) => {
      const stored = hostOf(host);
      return hostOf(stored) === stored && (!isHost(stored) || host.split(':').length <= 2);
    }),
    { numRuns: 2000 },
  );
});

test('databases', () => {
  judges(
    isDatabase,
    ['a', 'fw_phonons', 'A-1', '_', '__proto__', 'x'.repeat(63)],
    [...strange, '', 'a.b', 'a*', '*', 'x'.repeat(64), 'system.users'],
  );
});

test('labels', () => {
  judges(isLabel, ['', 'laptop', 'job.7_x-1', '..', 'x'.repeat(32)], [...strange, '*', 'a#b', 'x'.repeat(33)]);
});

test('addresses and ranges of them', () => {
  judges(
    isCidr,
    ['10.0.0.0/8', '0.0.0.0/0', '192.0.2.7', '192.0.2.7/32', '2001:db8::/32', '::', '::1/128', '::ffff:192.0.2.7'],
    [
      ...strange,
      '',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/',
      '10.0.0.0/08',
      '10.0.0.0/8/8',
      '10.0.0.0/1e1',
      '10.0.0/8',
      '256.0.0.1',
      '010.0.0.1',
      '::/129',
      'fe80::1%eth0',
      'localhost',
      '*',
      '/8',
      '10.0.0.0 /8',
    ],
  );
});

test.each([
  ['dwinston@lbl.gov', 'readWrite', '', undefined, 'dwinston_lbl.gov_readWrite'],
  ['dwinston@lbl.gov', 'read', 'laptop', undefined, 'dwinston_lbl.gov_read_laptop'],
  ['a+b@lab.org', 'read', '', 'x1y2z3', 'a_b_lab.org_read_x1y2z3'],
  ["o'hara#$@lab.org", 'read', 'a.b-c_d', undefined, 'o_hara___lab.org_read_a.b-c_d'],
])('the user of %s with %s and the label %j', (email, role, label, suffix, username) => {
  expect(usernameOf({ email, role, label }, suffix)).toBe(username);
});

test('callers are told apart by IPv4 address and by the first half of an IPv6 one', () => {
  expect(callerOf('192.0.2.7')).toBe('192.0.2.7');
  const half = '2001:db8:1:2::/64';
  for (const ip of ['2001:db8:1:2::', '2001:0DB8:1:2:3:4:5:6', '2001:db8:1:2:ffff::', '2001:db8:1:2::192.0.2.7'])
    expect(callerOf(ip)).toBe(half);
  expect(callerOf('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(callerOf('::1')).toBe('0:0:0:0::/64');
  expect(callerOf('1::2:3:4:5:6:7')).toBe('1:0:2:3::/64');
  expect(callerOf('::2:3:4:5:6:7:8')).toBe('0:2:3:4::/64');
});
