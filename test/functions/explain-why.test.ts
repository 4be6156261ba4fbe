import { openStage, registerHost, type Stage } from '../support/stage';

const login = { host: '127.0.0.1', port: 1, username: 'mongoadmin', password: 'mongoadminpass' };
let stage: Stage;
let admin: string;
let ruler: string;
let ada: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  await registerHost('h', login);
  await registerHost('open', login);
  await registerHost('old', { ...login, retiredAt: 1 });
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
    host: 'unregistered',
  });
});

const setRule = (rule: Record<string, string>) =>
  stage.ask('PUT', '/rules', { token: admin, body: { db: 'hosts', role: 'read', which: 'allow', ...rule } });

test('a host that is unregistered or retired is named to those whose rule names it, to rulers of it, and to admins', async () => {
  for (const host of ['none', 'old']) await setRule({ email: 'ada@lab.org', host });
  await setRule({ email: '*@lab.org', host: '*' });
  const scope = { email: 'lead@lab.org', hosts: ['h', 'none'], dbs: 'all', emails: ['@lab.org'], which: 'all' };
  await stage.ask('PUT', '/rulers', { token: admin, body: scope });
  const lead = await stage.tokenFor('lead@lab.org');
  const asked = (token: string, host: string) => why({ email: 'ada@lab.org', db: 'hosts', host }, token);
  for (const [token, host, state] of [
    [ada, 'none', 'unregistered'],
    [ada, 'old', 'retired'],
    [lead, 'none', 'unregistered'],
    [admin, 'none', 'unregistered'],
    [admin, 'old', 'retired'],
    [admin, 'never', 'unregistered'],
  ] as const) {
    const { json } = await asked(token, host);
    expect([host, json.allowed, json.host]).toEqual([host, false, state]);
  }
  expect((await asked(ada, 'h')).json).toMatchObject({ allowed: true, rule: { host: '*' } });
  expect((await asked(admin, 'h')).json.host).toBe('registered');
});

test('to others a host that is unregistered looks as if the service refused, and a registered one is not named either', async () => {
  await setRule({ email: '*@lab.org', host: '*' });
  const bob = await stage.tokenFor('bob@lab.org');
  const own = async (host: string, db = 'hosts') => (await why({ db, host }, bob)).json;
  for (const host of ['never', 'none', 'old', 'open'])
    expect([host, await own(host)]).toEqual([
      host,
      { allowed: host === 'open', rule: expect.objectContaining({ host: '*' }), rules: [expect.anything()] },
    ]);
  for (const host of ['open', 'never'])
    expect(await own(host, 'refused')).toEqual({ allowed: false, rule: null, rules: [] });
  await setRule({ email: 'bob@lab.org', host: 'open', which: 'deny' });
  expect(await own('open')).not.toHaveProperty('host');
});

test('a host whose secret is broken is registered', async () => {
  await registerHost('broken', { host: '127.0.0.1', port: 'none' });
  await setRule({ email: '*@lab.org', host: '*' });
  expect((await why({ email: 'ada@lab.org', db: 'hosts', host: 'broken' })).json).toMatchObject({
    allowed: true,
    host: 'registered',
  });
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
  expect(json).toEqual({ allowed: true, rule: null, rules: [], hidden: 1, host: 'registered' });
  const seen = await why({ email: 'ada@lab.org', db: 'fw_y' }, ruler);
  expect([dbs(seen.json.rules), seen.json.hidden]).toEqual([['fw_*'], 1]);
  const outside: Record<string, string>[] = [{ email: 'x@other.org' }, { db: 'other' }, { host: 'h2' }];
  for (const part of outside) {
    const { status, json: refused } = await why({ email: 'ada@lab.org', db: 'fw_x', ...part }, ruler);
    expect([part, status, refused.code]).toEqual([part, 403, 'not_allowed']);
  }
});
