import { parseRulesFile } from '../../../client/rules-file/parse-rules-file';
import { parse } from '../../../shared/http/parse';
import { ruleName } from '../../../shared/policy/policy';
import { inputs } from '../../support/inputs';

const now = new Date('2026-11-25T08:00:00Z');
const read = (text: string) => parseRulesFile(text, now);

function fileOf(text: string) {
  const parsed = read(text);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

function problemsOf(text: string): string[] {
  const parsed = read(text);
  return 'problems' in parsed ? parsed.problems.map(({ line, message }) => `${line} ${message}`) : [];
}

const fields = { email: 'ada@lab.org', host: 'h', db: 'fw', role: 'read', which: 'allow' };
/** A file with one rule, a field a line: the fields begin in line 2. */
const entry = (change: Record<string, string>) =>
  `rules:\n  - ${Object.entries({ ...fields, ...change })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n    ')}`;

test('a byte-order mark in front is no part of the rules', () => {
  const text = 'rules:\n  - email: ada@lab.org\n    host: h\n    db: fw\n    role: read\n    which: allow\n';
  expect(read(`\uFEFF${text}`)).toEqual(read(text));
});

test('a rule comes out as the API keeps it', () => {
  const text = entry({
    email: 'Ada@Lab.org',
    host: 'H.lab.org:27017',
    db: 'fw_*',
    expires: '2027-01-01T01:00:00+01:00',
    maxTtl: '168 h',
    cidrs: '[10.0.0.0/8]',
    note: 'no',
  });
  const rule = {
    ...fields,
    host: 'h.lab.org',
    db: 'fw_*',
    expiresAt: 1_798_761_600,
    maxTtl: 604_800,
    cidrs: ['10.0.0.0/8'],
    note: 'no',
  };
  expect(fileOf(text)).toEqual({ rules: [rule], unlisted: 'remove' });
});

test('lists stand for every combination', () => {
  const { rules = [] } = fileOf(
    entry({ email: '[a@lab.org, "*@lab.org"]', host: '[h, "*"]', db: '[fw_*, x]', role: '[read, readWrite]' }),
  );
  expect(rules).toHaveLength(16);
  expect(new Set(rules.map(ruleName)).size).toBe(16);
});

test('rulers, what is not in the file, and what the file leaves alone', () => {
  const text =
    'rulers:\n- {email: r@lab.org, hosts: all, dbs: [fw_], emails: ["@lab.org"], which: [allow]}\nunlisted: keep';
  const ruler = { email: 'r@lab.org', hosts: 'all', dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };
  expect(fileOf(text)).toEqual({ rulers: [ruler], unlisted: 'keep' });
  expect(fileOf('rules: []')).toEqual({ rules: [], unlisted: 'remove' });
});

test('anchors, aliases and merge keys work, thousands of them too', () => {
  const many = Array.from({ length: 3000 }, (_, at) => `  - {<<: *base, db: fw_${at}}`).join('\n');
  const text = `rules:\n  - &base {email: &people [a@lab.org, b@lab.org], host: h, db: x, role: read, which: allow}\n${many}
  - {<<: *base, email: *people, role: readWrite}`;
  const { rules = [] } = fileOf(text);
  expect(rules).toHaveLength(6004);
  expect(rules.at(-1)).toEqual({ email: 'b@lab.org', host: 'h', db: 'x', role: 'readWrite', which: 'allow' });
});

test('aliases that come to more than a file can mean are refused at once', () => {
  const letters = [...'abcdefghijkl'];
  const laughs = letters.map((letter, at) => {
    const inner = at === 0 ? 'ha' : `*${letters[at - 1]}`;
    return `${letter}: &${letter} [${Array(10).fill(inner).join(', ')}]`;
  });
  const tooMuch = ['1 the aliases of the file come to too much'];
  expect(problemsOf(laughs.join('\n'))).toEqual(tooMuch);
  expect(problemsOf('rules: &a [*a]')).toEqual(tooMuch);
  expect(problemsOf('['.repeat(50_000))).toContain('1 the file is nested too deeply');
  expect(problemsOf('#'.repeat(4_000_001))).toEqual(['1 the file is longer than 4 MB']);
  const people = `[${Array.from({ length: 400 }, (_, at) => `p${at}@lab.org`).join(', ')}]`;
  const dbs = `[${Array.from({ length: 400 }, (_, at) => `db${at}`).join(', ')}]`;
  expect(problemsOf(entry({ email: people, db: dbs }))).toEqual([
    '2 the file comes to more than 100000 rules, most of them from here',
  ]);
});

test('a deny with limits is refused, as the API would', () => {
  const deny = 'rules:\n  - {email: a@lab.org, host: h, db: x, role: read, which: deny, ';
  expect(problemsOf(`${deny}maxTtl: 1 d}`)).toEqual(['2 maxTtl: is for rules that allow']);
  expect(problemsOf(`${deny}cidrs: [10.0.0.0/8]}`)).toEqual([expect.stringContaining('is for rules that allow')]);
});

test('everything that is wrong is named at once, each with its line', () => {
  const text = `colour: red
unlisted: sometimes
rules:
  - email: ada@lab
    host: 12
    db: admin
    role: root
    which: on
  - email: ada@lab.org
    host: h
    role: read
    which: allow
    expires: 2026-11-25T08:00:00Z
    cidrs: [10.0.0.0/8, 10.0.0.0/99]
    colour: red
  - &twice {email: ada@lab.org, host: h, db: fw, role: [read, readWrite], which: allow, expires: 2026-11-25T08:00:00Z}
  - <<: *twice
    role: read
    maxTtl: -1
  - email:
      - grace@lab.org
      - "ada@lab.org "
    host: h
    db: fw
    role: []
    which: deny
  - nonsense
  - [1]
rulers:
  - email: r@lab.org
    hosts: h
    dbs: ["a b"]
    emails: []
    which: [maybe]
  - &ruler {email: r2@lab.org, hosts: all, dbs: all, emails: all, which: all}
  - *ruler
`;
  expect(problemsOf(text)).toEqual([
    '1 colour: is not a field of a rules file',
    '2 unlisted: "sometimes" must be remove or keep',
    '4 email: "ada@lab" must be an address, *@lab.org or *',
    '5 host: must be a host or *; put 12 in quotes',
    '6 db: "admin" admin, local and config are never granted',
    '7 role: "root" must be one of read, readWrite',
    '8 which: "on" must be allow or deny',
    '9 db: is missing',
    '14 cidrs: must be addresses or ranges such as 10.0.0.0/8',
    '15 colour: is not a field of a rule',
    '19 maxTtl: must be at least 1 s',
    '22 email: "ada@lab.org " must be an address, *@lab.org or *',
    '25 role: must name at least one',
    '27 must be a rule, written as "name: value" lines',
    '28 must be a rule, written as "name: value" lines',
    '31 hosts: "h" must be "all" or a list such as ["mongodb03.lab.org"]',
    '32 dbs: "a b" must be the beginning of database names',
    '33 emails: must name at least one',
    '34 which: must be "all" or a list such as ["allow", "deny"]',
    '36 email: r2@lab.org is already a ruler in line 35',
  ]);
});

test('two entries that come to the same rule name both lines, whatever their spelling', () => {
  const text = `rules:
  - {email: Ada@lab.org, host: "h:27017", db: [a, b], role: read, which: allow}
  - {email: ada@LAB.org, host: h, db: [a, b], role: [read, readWrite], which: allow, maxTtl: 1 d}
  - {email: [x@lab.org, X@lab.org], host: h, db: a, role: read, which: allow}
  - {email: ada@lab.org, host: h, db: a, role: read, which: deny}`;
  expect(problemsOf(text)).toEqual([
    '3 the rule "allow ada@lab.org read h/a" is already in line 2, and 1 more like it. Keep one of them',
    '4 the rule "allow x@lab.org read h/a" is twice in this entry. Keep one of them',
  ]);
});

test('the traps of YAML are named, and hide nothing else', () => {
  const quotes = 'a value that begins with * or @ needs quotes, such as "*@lab.org"';
  const text = `rules:
  - {email: x@lab.org, host: h, db: 2024, role: read, which: allow}
  - email: *
    host: h
    host: h2
    db: x
    role: read
    which: yes
  - email: *@lab.org
    host: h
    db: true
    role: read
    which: allow
rulers:
  - {email: r@lab.org, hosts: all, dbs: all, which: all, emails: all}
  - email: r@lab.org
    hosts: all
    dbs: all
    emails: @lab.org
    which: all`;
  expect(problemsOf(text)).toEqual([
    '2 db: must be text; put 2024 in quotes',
    `3 ${quotes}`,
    '5 this field is written twice',
    '8 which: "yes" must be allow or deny',
    `9 there is no anchor &@lab.org; ${quotes}`,
    '11 db: must be text; put true in quotes',
    `19 ${quotes}`,
    '19 emails: "@lab.org" must be "all" or a list such as ["@lab.org"]',
  ]);
});

test('an older YAML or a tag of its own changes the meaning of nothing', () => {
  const old = `%YAML 1.1\n---\n${entry({ note: 'no', expires: '2027-01-01T00:00:00Z' })}`;
  expect(fileOf(old).rules).toEqual([{ ...fields, note: 'no', expiresAt: 1_798_761_600 }]);
  expect(problemsOf(entry({ note: '!!binary eA==', expires: '!!timestamp 2027-01-01T00:00:00Z' }))).toEqual([
    expect.stringMatching(/^7 Unresolved tag/),
    expect.stringMatching(/^8 Unresolved tag/),
  ]);
});

test('what is no rules file is refused', () => {
  const shape = '1 must be a rules file, written as "name: value" lines';
  for (const text of ['', '# nothing', '- 1', 'just words']) expect(problemsOf(text)).toEqual([shape]);
  expect(problemsOf('unlisted: keep')).toEqual([expect.stringContaining('neither rules nor rulers')]);
  expect(problemsOf('rules:\nrulers: x')).toEqual(['1 rules: must be a list', '2 rulers: "x" must be a list']);
  expect(problemsOf('rules: []\n---\nrules: []')).toEqual([expect.stringMatching(/^2 a second document/)]);
  expect(problemsOf(`${entry({})}\n  - {<<: 5}\n  - {<<: [*none]}`)).toEqual([
    expect.stringMatching(/^7 what follows <</),
    expect.stringMatching(/^8 there is no anchor/),
    expect.stringMatching(/^8 what follows <</),
  ]);
  expect(problemsOf('rules:\n\t- x')).toEqual([expect.stringMatching(/^2 /)]);
  expect(problemsOf('{rules: [], rules: []}')).toEqual(['1 this field is written twice']);
});

test('the file refuses exactly what the API refuses', () => {
  const values: [string, string][] = [
    ['email', '"@lab.org"'], ['email', 'a*@lab.org'], ['email', 'ada@lab.org'], ['email', '"*"'], ['email', 'K@lab.org'],
    ['host', 'mongodb://h'], ['host', 'h*'], ['host', '""'], ['host', 'h:27020'], ['host', 'h:0'],
    ['db', 'f*w'], ['db', '"**"'], ['db', 'fw.a'], ['db', 'Admin'], ['db', 'adm*'], ['role', '__proto__'],
    ['which', 'maybe'], ['expires', 'tomorrow'], ['expires', '2027-02-30T00:00:00Z'], ['expires', '2027-02-03 04:05Z'],
    ['maxTtl', '0 s'], ['maxTtl', '60'], ['maxTtl', '1.5'], ['maxTtl', '10001 d'], ['maxTtl', '"60"'],
    ['cidrs', '[]'], ['cidrs', '10.0.0.0/8,192.0.2.7'], ['cidrs', 'everywhere'], ['note', '""'], ['note', `"${'x'.repeat(201)}"`],
    ['note', '"a\\nb"'], ['version', '1'], ['dryRun', 'true'],
  ]; // biome-ignore format: a table
  for (const [field, value] of values) {
    const written: unknown =
      value.startsWith('"') || value.startsWith('[') || /^[\d.]+$/.test(value) || value === 'true'
        ? JSON.parse(value)
        : value;
    const api = () => parse(inputs.rule, { ...fields, [field]: written });
    const refused = problemsOf(entry({ [field]: value })).length > 0;
    if (field === 'version') expect(refused).toBe(true);
    else if (refused) expect(api).toThrow(field);
    else expect(api).not.toThrow();
  }
});
