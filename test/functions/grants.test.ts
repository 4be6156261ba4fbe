import { openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '1 d' });
  admin = await stage.tokenFor('admin@example.com');
  const rules = [
    { email: 'you@example.com', db: 'demo*', role: 'readWrite', which: 'allow' },
    { email: '*@example.com', db: 'shared', role: 'read', which: 'allow', expires: '2027-01-01T00:00:00.000Z' },
    { email: '*', db: 'taken', role: 'readWrite', which: 'allow' },
    { email: '*', db: 'taken', role: 'read', which: 'deny' },
  ];
  for (const rule of rules) await stage.ask('PUT', '/rules', { token: admin, body: { host: stage.host, ...rule } });
  you = await stage.tokenFor('you@example.com');
  for (const db of ['demo_a', 'demo_b', 'shared']) {
    await stage.ask('POST', '/grants', { token: you, body: { host: stage.host, db, role: 'read', label: 'x' } });
  }
});
afterAll(() => stage.close());

const list = (query: string, token = you) => stage.ask('GET', `/grants${query}`, { token });
const dbs = async (query: string, token = you) =>
  (await list(query, token)).json.grants.map(({ db }: { db: string }) => db).sort();

test('me says who I am, until when, and what the rules open to me', async () => {
  const { status, json } = await stage.ask('GET', '/me', { token: you });
  expect(status).toBe(200);
  expect(json).toEqual({
    email: 'you@example.com',
    expires: '2026-11-25T08:00:00.000Z',
    admin: false,
    ruler: false,
    access: [
      { host: stage.host, db: 'demo*', role: 'readWrite' },
      { host: stage.host, db: 'shared', role: 'read', expires: '2027-01-01T00:00:00.000Z' },
    ],
  });
  expect((await stage.ask('GET', '/me', { token: admin })).json).toMatchObject({
    admin: true,
    email: 'admin@example.com',
  });
});

test("one sees one's own grants, whole, without passwords", async () => {
  const { status, json, text } = await list('?db=demo_a');
  expect(status).toBe(200);
  expect(json.grants).toEqual([
    {
      email: 'you@example.com',
      host: stage.host,
      db: 'demo_a',
      role: 'read',
      label: 'x',
      username: 'you_example.com_read_x',
      issued: '2026-11-24T08:00:00.000Z',
      passwordVersion: 1,
      passwordIssued: '2026-11-24T08:00:00.000Z',
      expires: '2026-12-24T08:00:00.000Z',
      state: 'active',
    },
  ]);
  expect(text).not.toContain('"password"');
  expect(await dbs('')).toEqual(['demo_a', 'demo_b', 'shared']);
  expect(await dbs('?host=other.lab.org')).toEqual([]);
  expect(await dbs('?email=You@example.com&host=*&db=*')).toEqual(['demo_a', 'demo_b', 'shared']);
});

test("an admin sees another person's grants, and everybody's on a host", async () => {
  expect(await dbs('', admin)).toEqual([]);
  expect(await dbs('?email=you@example.com', admin)).toEqual(['demo_a', 'demo_b', 'shared']);
  expect(await dbs(`?host=${stage.host}&db=shared`, admin)).toEqual(['shared']);
});

test("a member sees nobody else's grants", async () => {
  const { status, json } = await list('?email=admin@example.com');
  expect([status, json.code]).toEqual([403, 'not_allowed']);
  expect(
    (await list(`?host=${stage.host}`)).json.grants.every(
      ({ email }: { email: string }) => email === 'you@example.com',
    ),
  ).toBe(true);
});

test('what no route matches is a problem document too', async () => {
  const missing = await stage.ask('GET', '/nothing', { token: you });
  expect([missing.status, missing.json.code, missing.headers['content-type']]).toEqual([
    404,
    'not_found',
    'application/problem+json',
  ]);
  const wrong = await stage.ask('PATCH', '/grants', { token: you });
  expect([wrong.status, wrong.json.code, wrong.json.detail]).toEqual([
    405,
    'method_not_allowed',
    'Allowed here: POST, GET, HEAD, DELETE, OPTIONS.',
  ]);
  expect(wrong.headers.allow).toBe('POST, GET, HEAD, DELETE, OPTIONS');
});

test('each way of having no token is told apart, and says what to do', async () => {
  const old = await stage.tokenFor('you@example.com');
  const [head, body] = old.split('.');
  stage.clock.now = new Date('2026-11-25T08:00:06.000Z');
  for (const [token, code] of [
    [undefined, 'token_missing'],
    ['nonsense', 'token_invalid'],
    [`${head}.${body}.AAAA`, 'token_invalid'],
    [old, 'token_expired'],
  ] as const) {
    for (const [method, path] of [
      ['GET', '/me'],
      ['GET', '/grants'],
      ['DELETE', '/grants'],
      ['DELETE', '/tokens'],
      ['GET', '/rules'],
    ] as const) {
      const { status, json } = await stage.ask(method, path, { token });
      expect([path, status, json.code]).toEqual([path, 401, code]);
      expect(json.detail).toMatch(/ask for a (new )?link/i);
    }
  }
});
