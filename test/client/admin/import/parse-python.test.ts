import { type Left, parsePython } from '../../../../client/admin/import/parse-python';

const parse = (documents: Partial<Parameters<typeof parsePython>[0]>) =>
  parsePython({ allow: [], deny: [], rulers: [], grants: [], ...documents });
const told = ({ left }: { left: Left[] }) => left.map(({ what, name, detail }) => `${what} ${name}: ${detail}`);

const rule = { email: 'ada@lab.org', host: 'mongodb03.lab.org', role: 'read', dbs: ['fw'] };
const ruler = { email: 'r@lab.org', hosts: 'all', dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };
const grant = { email: 'ada@lab.org', host: 'h', db: 'fw', role: 'read', username: 'ada_lab.org_read' };

test('each database of a document becomes a rule, denies first, and what is there twice comes once', () => {
  const { rules, left } = parse({
    allow: [
      { _id: 1, ...rule, dbs: ['fw', 'calc', 'fw'] },
      { ...rule, email: 'Ada@LAB.org', host: 'MongoDB03.lab.org:27017' },
    ],
    deny: [{ ...rule, role: 'readWrite', dbs: 'fw' }],
  });
  const { dbs: _, ...same } = rule;
  expect(rules).toEqual([
    { ...same, role: 'readWrite', db: 'fw', which: 'deny' },
    { ...same, db: 'fw', which: 'allow' },
    { ...same, db: 'calc', which: 'allow' },
  ]);
  expect(left).toEqual([]);
});

test('a star is a letter to the Python server: it never becomes a pattern', () => {
  const parsed = parse({
    allow: [
      { ...rule, dbs: ['fw_*', '*', 'ok'] },
      { ...rule, email: '*@lab.org' },
      { ...rule, host: '*' },
    ],
  });
  expect(parsed.rules.map(({ db }) => db)).toEqual(['ok']);
  expect(told(parsed)).toHaveLength(4);
  for (const line of told(parsed)) expect(line).toContain('to the Python server a * is no pattern');
});

test('what mongogrant can not hold is left, each with its field and the reason', () => {
  const parsed = parse({
    allow: [
      { ...rule, dbs: ['admin'] },
      { ...rule, role: 'dbOwner' },
      { ...rule, email: 'nobody' },
      { ...rule, email: undefined },
      { ...rule, dbs: [7, ''] },
      'text',
      null,
    ],
    deny: [
      { ...rule, host: 'a b' },
      { ...rule, host: 'h:27017:27017' },
    ],
  });
  expect(parsed.rules).toEqual([]);
  expect(told(parsed)).toEqual([
    'deny ada@lab.org read "a b" ["fw"]: host: "a b" must be a host such as mongodb03.lab.org or localhost:27020',
    'deny ada@lab.org read h:27017:27017 ["fw"]: host: "h:27017:27017" must be a host such as mongodb03.lab.org or localhost:27020',
    'allow ada@lab.org read mongodb03.lab.org admin: db: "admin" admin, local and config are never granted',
    'allow ada@lab.org dbOwner mongodb03.lab.org ["fw"]: role: "dbOwner" must be one of read, readWrite',
    'allow nobody read mongodb03.lab.org ["fw"]: email: "nobody" must be an e-mail address such as you@lab.org',
    'allow - read mongodb03.lab.org ["fw"]: email: is missing',
    'allow ada@lab.org read mongodb03.lab.org 7: db: must be text',
    'allow ada@lab.org read mongodb03.lab.org "": db: "" must be a database name: 1 to 63 letters, digits, _ and -',
    expect.stringMatching(/^allow - - - -: /),
    expect.stringMatching(/^allow - - - -: /),
  ]);
});

test('a ruler keeps the scope, if it says what it seems to say', () => {
  const parsed = parse({
    rulers: [
      ruler,
      { ...ruler, email: 's@lab.org', hosts: 'mongodb03.lab.org' },
      { ...ruler, email: 't@lab.org', emails: ['lab.org'] },
      { ...ruler, email: 'u@lab.org', dbs: [''] },
      { ...ruler, email: 'v@lab.org', which: 'allow' },
      { email: 'w@lab.org' },
      { ...ruler, email: 'x@lab.org' },
      { ...ruler, email: 'x@lab.org', dbs: 'all' },
      { ...ruler, email: 'y@lab.org', dbs: [] },
    ],
  });
  expect(parsed.rulers).toEqual([ruler]);
  expect(parsed.left.map(({ name, reason }) => [name.split(' ')[0], reason])).toEqual([
    ...['s', 't', 'u', 'v', 'w', 'y'].map((who) => [`${who}@lab.org`, 'malformed']),
    ['x@lab.org', 'ambiguous'],
    ['x@lab.org', 'ambiguous'],
  ]);
});

test('a login counts only under the name that the Python server gives', () => {
  const parsed = parse({
    grants: [
      { ...grant, extra: 1 },
      grant,
      { ...grant, email: 'A+b=c@Lab.org', username: 'A+b=c_Lab.org_read' },
      { ...grant, username: 'root' },
      { ...grant, role: 'readWrite' },
      { ...grant, db: 'admin' },
      { ...grant, username: undefined },
    ],
  });
  expect(parsed.grants).toEqual([grant, { ...grant, email: 'a+b=c@lab.org', username: 'A+b=c_Lab.org_read' }]);
  expect(parsed.left.map(({ reason }) => reason)).toEqual([
    'username_unexpected',
    'username_unexpected',
    'malformed',
    'malformed',
  ]);
});

test('nothing in the database can speak to a terminal', () => {
  const evil = '\u001b[2J\u009b1m\u202eevil';
  const parsed = parse({
    allow: [
      { ...rule, email: evil, dbs: [evil] },
      { ...rule, dbs: [evil] },
    ],
    grants: [
      { ...grant, username: evil },
      { ...grant, host: evil },
    ],
    rulers: [{ ...ruler, emails: [evil] }],
  });
  expect(parsed.left).toHaveLength(5);
  expect(JSON.stringify(parsed.left)).toMatch(/^[ -~]*$/);
  for (const line of told(parsed)) expect(line).toMatch(/^[ -~]*$/);
});
