import { remind } from '../../functions/remind/remind';
import { HostUnreachable } from '../../shared/contract/errors';
import { allItems, later, openStage, type Stage } from '../support/stage';

const day = 86_400;
const browser = { headers: { accept: 'text/html' } };
let stage: Stage;
let admin: string;
let you: string;
let passwords: Record<string, { username: string; password: string }>;
/** The path of the page in the mail. */
let page: string;

beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d' });
  admin = await stage.tokenFor('admin@example.com');
  await stage.ask('PUT', '/rules', { token: admin, body: everything });
  you = await stage.tokenFor('you@example.com');
  passwords = {};
  await grant('a', { ttl: '9 d' });
  await grant('b', { ttl: '10 d', label: 'laptop' });
  later(stage, 7 * day);
  page = await mailed();
});
afterEach(() => stage.close());

const everything = { email: '*@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
const deny = (db: string) =>
  stage.ask('PUT', '/rules', { token: admin, body: { ...everything, db, role: 'read', which: 'deny' } });
const grant = async (db: string, more: Record<string, unknown> = {}) => {
  const body = { host: stage.host, db, role: 'readWrite', ...more };
  const { json } = await stage.ask('POST', '/grants', { token: you, body });
  passwords[db] = { username: json.username, password: json.password };
  return json;
};
async function mailed(): Promise<string> {
  stage.mails.length = 0;
  const clock = () => stage.clock.now.getTime();
  const source = { requestId: 'remind', ip: 'remind' };
  await remind({ ...stage.deps, origin: 'https://api.example.org', clock }, source, clock() + 60_000);
  return /https:\/\/api\.example\.org(\/renewals\/\S+)/.exec(stage.mails[0]?.text ?? '')?.[1] ?? '';
}
const press = async (path = page) => (await stage.ask('POST', path)).json.renewals;
const inDays = (days: number) => new Date(stage.clock.now.getTime() + days * day * 1000).toISOString();
const ends = async () => {
  const { grants } = (await stage.ask('GET', '/grants', { token: you })).json;
  return Object.fromEntries(grants.map(({ db, expires }: Record<string, string>) => [db, expires]));
};
const events = async () =>
  (await allItems()).filter(({ pk, link }) => String(pk).startsWith('audit#2') && link !== undefined);
const state = async () => (await allItems()).filter(({ pk }) => !/^audit#/.test(String(pk)));

test('opening the page changes nothing, for a scanner of mail neither', async () => {
  const before = await allItems();
  for (const [method, ask] of [
    ['GET', browser],
    ['GET', {}],
    ['HEAD', {}],
  ] as const) {
    const { status, headers, text } = await stage.ask(method, page, ask);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<button class="main">Keep these logins</button>');
    expect(text).toContain(`action="..${page}"`);
    expect(text.match(/<li>/g)).toHaveLength(2);
  }
  expect(await allItems()).toEqual(before);
});

test('the button keeps each login for its own length, with its password; pressed again it changes nothing', async () => {
  const kept = [
    { host: stage.host, db: 'a', role: 'readWrite', label: '', kept: true, expires: inDays(9) },
    { host: stage.host, db: 'b', role: 'readWrite', label: 'laptop', kept: true, expires: inDays(10) },
  ];
  expect(await press()).toEqual(kept);
  expect(await ends()).toMatchObject({ a: inDays(9), b: inDays(10) });
  for (const [db, { username, password }] of Object.entries(passwords)) await stage.login(username, password, db);
  const before = await state();
  later(stage, 3600);
  expect(await press()).toEqual(kept);
  expect(await state()).toEqual(before);
  const { text } = await stage.ask('GET', page, browser);
  expect(text).toContain('There is nothing left to keep here.');
  later(stage, 7 * day - 3600);
  page = await mailed();
  await press();
  expect(await ends()).toMatchObject({ a: inDays(9), b: inDays(10) });
});

test('a browser reads what became of each login, and may try again those that are not kept', async () => {
  await deny('b');
  const { status, text } = await stage.ask('POST', page, browser);
  expect([status, text]).toEqual([200, expect.stringContaining('<h1>Not all logins are kept</h1>')]);
  expect(text).toMatch(/<strong>a<\/strong>[^\n]*is kept until/);
  expect(text).toMatch(/<strong>b<\/strong>[^\n]*is not kept\. No rule gives you readWrite on b/);
  expect(text).toContain('<button class="main">Try again</button>');
  const all = await stage.ask('POST', page, { ...browser, form: '' });
  expect(all.status).toBe(200);
});

test('the events of a renewal name the ticket, and those of a refusal do', async () => {
  await deny('b');
  const ticket = (await allItems()).find(({ pk }) => String(pk).startsWith('tickets#'));
  await press();
  expect((await events()).map(({ act, link, email }) => [act, link, email]).toSorted()).toEqual(
    expect.arrayContaining(['reminded', 'renew_refused', 'renewed'].map((act) => [act, ticket?.sk, 'you@example.com'])),
  );
});

test('what the rules no longer allow is not kept, the rest is', async () => {
  await deny('b');
  expect(await press()).toMatchObject([
    { db: 'a', kept: true },
    { db: 'b', kept: false, code: 'not_allowed', detail: expect.stringMatching(/^No rule gives you/) },
  ]);
  await deny('*');
  later(stage, 60);
  expect(await press()).toMatchObject([{ kept: true }, { kept: false }]);
});

test('a login that has ended is not kept, and a new one in its place stays as it is', async () => {
  await stage.ask('DELETE', '/grants?db=a', { token: you });
  await grant('a', { ttl: '8 d' });
  const { expires } = await grant('a', { ttl: '1 d' });
  expect(await press()).toMatchObject([
    { db: 'a', kept: false, code: 'grant_unknown' },
    { db: 'b', kept: true },
  ]);
  expect(await ends()).toMatchObject({ a: expires });
});

test('one host that does not answer leaves out only its own login', async () => {
  stage.outside.before = (name) => {
    if (name !== 'users.update') return;
    stage.outside.before = undefined;
    throw new HostUnreachable(stage.host, false);
  };
  const renewals = await press();
  expect(renewals.map(({ kept }: { kept: boolean }) => kept).toSorted()).toEqual([false, true]);
  expect(renewals).toContainEqual(expect.objectContaining({ code: 'host_unreachable' }));
  // What is not kept has the end that it had.
  const kept = (db: string) => renewals.find((one: { db: string }) => one.db === db).kept;
  expect(await ends()).toMatchObject({ a: inDays(kept('a') ? 9 : 2), b: inDays(kept('b') ? 10 : 3) });
});

test.each(['renew_refused', 'renewed'])('an event (%s) that can not be written hides no other login', async (act) => {
  await deny('b');
  const { table } = stage.deps;
  const { put } = table;
  table.put = async (item, ...more) => {
    if (item.act === act) throw new Error('no table');
    return put(item, ...more);
  };
  const { status, text } = await stage.ask('POST', page, browser);
  expect([status, text.match(/<li>/g)]).toEqual([200, ['<li>', '<li>']]);
  const outcome = { code: 'internal', detail: expect.stringContaining('Please try again.'), kept: false };
  const renewals = await press();
  if (act === 'renewed') expect(renewals).toMatchObject([{ db: 'a', ...outcome }, { code: 'not_allowed' }]);
  else
    expect(renewals).toMatchObject([
      { db: 'a', kept: true },
      { db: 'b', ...outcome },
    ]);
});

test('a ticket ends with the last of its logins, and with the tokens of its owner', async () => {
  const other = page;
  await stage.ask('DELETE', '/tokens', { token: admin });
  expect((await stage.ask('GET', other)).status).toBe(200);
  later(stage, 3 * day - 1);
  expect((await stage.ask('GET', page)).status).toBe(200);
  later(stage, 1);
  for (const method of ['GET', 'POST']) {
    const { status, json } = await stage.ask(method, page);
    expect([method, status, json.code]).toEqual([method, 410, 'ticket_expired']);
  }
  expect(await events()).toContainEqual(expect.objectContaining({ act: 'renew_refused', reason: 'ticket_expired' }));
  later(stage, -3 * day);
  await stage.ask('DELETE', '/tokens', { token: you });
  const before = await allItems();
  for (const method of ['GET', 'POST']) {
    const { status, json } = await stage.ask(method, page);
    expect([method, status, json.code]).toEqual([method, 404, 'ticket_unknown']);
    const shown = await stage.ask(method, page, browser);
    expect([shown.status, shown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  }
  expect(await allItems()).toEqual(before);
});

test('an invented ticket, or one with another secret or owner, keeps nothing and leaves no trace', async () => {
  const before = await allItems();
  const [owner = '', rest = ''] = page.slice('/renewals/'.length).split('.');
  const another = Buffer.from('ada@example.com').toString('base64url');
  const flipped = `${rest.slice(0, -1)}${rest.endsWith('A') ? 'B' : 'A'}`;
  for (const ticket of ['x', owner, `${owner}.${flipped}`, `${another}.${rest}`, `${owner}.${rest}a`])
    for (const method of ['GET', 'POST']) {
      const { status, json } = await stage.ask(method, `/renewals/${ticket}`);
      expect([ticket, method, status, json.code]).toEqual([ticket, method, 404, 'ticket_unknown']);
    }
  expect(await allItems()).toEqual(before);
});

test('neither the table nor the log holds a ticket', async () => {
  await press();
  await stage.ask('GET', page);
  const secret = page.slice(-32);
  expect(JSON.stringify([await allItems(), stage.logged])).not.toContain(secret);
});

test('pressed many times at once, it keeps each login once', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => press()));
  expect(await ends()).toMatchObject({ a: inDays(9), b: inDays(10) });
  for (const one of all.flat()) if (!one.kept) expect(one.code).toBe('grant_busy');
  for (const [db, { username, password }] of Object.entries(passwords)) await stage.login(username, password, db);
});
