import { openStage, type Stage } from '../../support/stage';

let stage: Stage;
let admin: string;
let ruler: string;
let ada: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  admin = await stage.tokenFor('admin@example.com');
  const rules = [
    { email: '*', db: '*', role: 'read', which: 'allow' },
    { email: 'ada@lab.org', db: 'fw_*', role: 'readWrite', which: 'allow', note: 'beam time' },
    { email: 'ada@lab.org', db: 'fw_x', role: 'readWrite', which: 'deny', note: 'not hers' },
    { email: '*@other.org', db: 'fw_*', role: 'read', which: 'deny' },
  ];
  for (const rule of rules) await stage.ask('PUT', '/rules', { token: admin, body: { host: 'h', ...rule } });
  const scope = { email: 'ruler@lab.org', hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: 'all' };
  await stage.ask('PUT', '/rulers', { token: admin, body: scope });
  [ruler, ada] = [await stage.tokenFor('ruler@lab.org'), await stage.tokenFor('ada@lab.org')];
});
afterAll(() => stage.close());

const why = (query: Record<string, string>, token = admin) =>
  stage.ask('GET', `/rules/why?${new URLSearchParams({ host: 'h', role: 'read', ...query })}`, { token });
const dbs = (rules: { db: string }[]) => rules.map(({ db }) => db).toSorted();

test('an admin reads which rule decides, and every rule that has a say', async () => {
  const { status, json } = await why({ email: 'ada@lab.org', db: 'fw_x', role: 'readWrite' });
  expect([status, json.allowed, json.rule, dbs(json.rules)]).toEqual([
    200,
    false,
    {
      email: 'ada@lab.org',
      host: 'h',
      db: 'fw_x',
      role: 'readWrite',
      which: 'deny',
      note: 'not hers',
      version: expect.any(Number),
    },
    ['fw_*', 'fw_x'],
  ]);
  const open = await why({ email: 'ada@lab.org', db: 'fw_y', role: 'readWrite' });
  expect(open.json).toMatchObject({ allowed: true, rule: { db: 'fw_*', which: 'allow' } });
  expect((await why({ email: 'x@other.org', db: 'fw_y' })).json).toMatchObject({
    allowed: false,
    rule: { email: '*@other.org' },
  });
  expect((await why({ email: 'x@other.org', db: 'fw_y', host: 'other' })).json).toEqual({
    allowed: false,
    rule: null,
    rules: [],
  });
});

test('what it says is what POST /grants does', async () => {
  for (const [db, role] of [
    ['fw_x', 'readWrite'],
    ['none', 'readWrite'],
  ] as const) {
    expect((await why({ email: 'ada@lab.org', db, role })).json.allowed).toBe(false);
    const { status } = await stage.ask('POST', '/grants', { token: ada, body: { host: 'h', db, role } });
    expect(status).toBe(403);
  }
});

test('a member asks about themselves only, and reads every rule that has a say, without its note', async () => {
  const { json } = await why({ db: 'fw_x', role: 'readWrite' }, ada);
  expect(json).toMatchObject({ allowed: false, rule: { db: 'fw_x', which: 'deny' } });
  expect(dbs(json.rules)).toEqual(['fw_*', 'fw_x']);
  expect(JSON.stringify(json)).not.toContain('note');
  const other = await why({ email: 'x@other.org', db: 'fw_x' }, ada);
  expect([other.status, other.json.code]).toEqual([403, 'not_allowed']);
});

test('a ruler asks about what is inside their scope, and of rules outside of it learns only that there are some', async () => {
  const { json } = await why({ email: 'eve@lab.org', db: 'fw_x' }, ruler);
  expect(json).toEqual({ allowed: true, rule: null, rules: [], hidden: 1 });
  const seen = await why({ email: 'ada@lab.org', db: 'fw_y' }, ruler);
  expect([dbs(seen.json.rules), seen.json.hidden]).toEqual([['fw_*'], 1]);
  const outside: Record<string, string>[] = [{ email: 'x@other.org' }, { db: 'other' }, { host: 'h2' }];
  for (const part of outside) {
    const { status, json: refused } = await why({ email: 'ada@lab.org', db: 'fw_x', ...part }, ruler);
    expect([part, status, refused.code]).toEqual([part, 403, 'not_allowed']);
  }
});
