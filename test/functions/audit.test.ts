import { keys } from '../../shared/store/keys';
import { allItems, later, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let ruler: string;
let ada: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 100_000 });
  admin = await stage.tokenFor('admin@example.com');
  const allow = { host: stage.host, role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: { ...allow, email: '*@lab.org', db: '*' } });
  await stage.ask('PUT', '/rules', { token: admin, body: { ...allow, email: '*@other.org', db: '*' } });
  const scope = { email: 'ruler@lab.org', hosts: [stage.host], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };
  await stage.ask('PUT', '/rulers', { token: admin, body: scope });
  later(stage, 3600);
  ada = await stage.tokenFor('ada@lab.org');
  ruler = await stage.tokenFor('ruler@lab.org');
  const bob = await stage.tokenFor('bob@other.org');
  await grant(ada, 'fw_a');
  await grant(ada, 'other');
  await grant(bob, 'fw_b');
  await grant(ada, 'denied', 403, 'h.unknown.org');
  await stage.ask('PUT', '/rules', { token: ruler, body: { ...allow, email: 'eve@lab.org', db: 'fw_e' } });
  await stage.ask('PUT', '/rules', { token: ruler, body: { ...allow, email: '*', db: '*' } });
  await stage.ask('DELETE', '/grants?email=ada@lab.org&db=fw_a', { token: admin, ip: '198.51.100.7' });
});
afterAll(() => stage.close());

const grant = async (token: string, db: string, wanted = 201, host = stage.host) => {
  const { status } = await stage.ask('POST', '/grants', { token, body: { host, db, role: 'readWrite' } });
  expect(status).toBe(wanted);
};
interface Shown {
  at: string;
  act: string;
  email: string;
  by?: string;
  ip?: string;
  rule?: string;
  [fact: string]: unknown;
}
const read = async (
  query = '',
  token = admin,
): Promise<{ status: number; events: Shown[]; cursor?: string; code?: string }> => {
  const { status, json } = await stage.ask('GET', `/audit?${query}`, { token });
  return { status, ...json, events: json.events ?? [] };
};
const told = async (query = '', token = admin) =>
  (await read(query, token)).events.map(({ act, email }) => `${act} ${email}`);

test('an admin reads everything, newest first, with the rule that decided', async () => {
  const { events, cursor } = await read();
  expect(cursor).toBeUndefined();
  const acts = events.map(({ act }) => act);
  expect(acts.slice(0, 3).toSorted()).toEqual(['ended', 'ending', 'rule_refused']);
  expect(acts.at(-1)).toBe('link_sent');
  expect(events.map(({ at }) => at)).toEqual(
    events
      .map(({ at }) => at)
      .toSorted()
      .reverse(),
  );
  const granted = events.find(({ act, email }) => act === 'granted' && email === 'bob@other.org');
  expect(granted).toEqual({
    act: 'granted',
    at: '2026-11-24T09:00:00.000Z',
    email: 'bob@other.org',
    rule: `allow *@other.org readWrite ${stage.host}/*`,
    grant: {
      id: expect.any(String),
      host: stage.host,
      db: 'fw_b',
      role: 'readWrite',
      label: '',
      username: 'bob_other.org_readWrite',
      expires: '2026-12-24T09:00:00.000Z',
    },
    requestId: expect.any(String),
    ip: '192.0.2.1',
  });
  const refused = events.find(({ act }) => act === 'grant_refused');
  expect(refused).toMatchObject({ email: 'ada@lab.org', reason: 'not_allowed', wish: { host: 'h.unknown.org' } });
});

test('a scope is shown as it was and as it is', async () => {
  const [event] = (await read('email=ruler@lab.org')).events.filter(({ act }) => act === 'ruler_set');
  const scope = { hosts: [stage.host], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };
  expect(event?.after).toEqual({ email: 'ruler@lab.org', ...scope, version: expect.any(Number) });
});

test('nothing that the table keeps for itself, and no secret, is shown', async () => {
  const text = JSON.stringify(await read());
  expect(text).not.toMatch(/listPk|deleteAt|"pk"|"sk"|password|mark/);
});

test('by time: from a moment on, up to another one', async () => {
  const early = await told('to=2026-11-24T08:30:00Z');
  expect(early).toContain('ruler_set ruler@lab.org');
  expect(early.join()).not.toContain('ada@lab.org');
  const late = await told('from=2026-11-24T08:30:00Z');
  expect(late.join()).not.toContain('ruler_set');
  expect(early.length + late.length).toBe((await told()).length);
  expect(await told('from=2026-11-24T09:00:01Z')).toEqual([]);
  expect(await told('from=2026-11-24T09:00:00Z&to=2026-11-24T08:00:00Z')).toEqual([]);
});

test('by person: what happened to them, and what they did to others', async () => {
  const ofRuler = await told('email=ruler@lab.org');
  expect(ofRuler.toSorted()).toEqual([
    'link_sent ruler@lab.org',
    'redeeming ruler@lab.org',
    'rule_refused *',
    'rule_set eve@lab.org',
    'ruler_set ruler@lab.org',
  ]);
  expect(await told('email=*@lab.org')).toEqual(['rule_set *@lab.org']);
  expect(await told('email=nobody@lab.org')).toEqual([]);
  const ofAdmin = await told('email=admin@example.com&from=2026-11-24T08:30:00Z');
  expect(ofAdmin.toSorted()).toEqual(['ended ada@lab.org', 'ending ada@lab.org']);
});

test('by host: grants, refusals and rules there, rules for every host included', async () => {
  expect(await told('host=h.unknown.org')).toEqual(['rule_refused *', 'grant_refused ada@lab.org'].slice(1));
  await stage.ask('PUT', '/rules', {
    token: admin,
    body: { email: 'x@lab.org', host: '*', db: 'x', role: 'read', which: 'deny' },
  });
  expect(await told('host=h.unknown.org')).toEqual(['rule_set x@lab.org', 'grant_refused ada@lab.org']);
  expect((await told(`host=${stage.host}&email=ada@lab.org`)).toSorted()).toEqual([
    'ended ada@lab.org',
    'ending ada@lab.org',
    'granted ada@lab.org',
    'granted ada@lab.org',
  ]);
});

test('a refused change of a rule is found at its host, and by the ruler in whose scope it was tried', async () => {
  const body = { email: 'ada@lab.org', host: stage.host, db: 'fw_a', role: 'read', which: 'allow' };
  expect((await stage.ask('PUT', '/rules', { token: ada, body })).status).toBe(403);
  expect((await told(`host=${stage.host}`))[0]).toBe('rule_refused ada@lab.org');
  expect((await told('', ruler))[0]).toBe('rule_refused ada@lab.org');
});

test('what an admin notes about somebody is not theirs to read', async () => {
  const body = { email: 'ada@lab.org', host: 'h', db: 'x', role: 'read', which: 'deny', note: 'suspected of leaking' };
  await stage.ask('PUT', '/rules', { token: admin, body });
  const [mine] = (await read('', ada)).events;
  expect(mine).toMatchObject({ act: 'rule_set', after: { db: 'x', which: 'deny' } });
  expect(JSON.stringify(mine)).not.toContain('note');
  expect((await read()).events[0]).toMatchObject({ after: { note: 'suspected of leaking' } });
});

test('a member reads their own, and from where others acted is left out', async () => {
  const { events } = await read('', ada);
  expect(new Set(events.map(({ email }) => email))).toEqual(new Set(['ada@lab.org']));
  const ended = events.find(({ act }) => act === 'ended');
  expect(ended).toMatchObject({ by: 'admin@example.com', why: 'revoked' });
  expect(ended).not.toHaveProperty('ip');
  expect(events.find(({ act }) => act === 'granted')).toMatchObject({ ip: '192.0.2.1', rule: expect.any(String) });
  expect(await read('email=ada@lab.org', ada)).toEqual(await read('', ada));
  const other = await read('email=bob@other.org', ada);
  expect([other.status, other.code]).toEqual([403, 'not_allowed']);
  expect((await told('email=bob@other.org'))[0]).toBe('read_refused bob@other.org');
});

test('a ruler reads what is inside their scope, and what they did themselves', async () => {
  const seen = await read('', ruler);
  const lines = seen.events.map(({ act, email, grant }) => `${act} ${email} ${Object(grant).db ?? ''}`.trim());
  expect(lines.toSorted()).toEqual([
    'ended ada@lab.org fw_a',
    'ending ada@lab.org fw_a',
    'granted ada@lab.org fw_a',
    'link_sent ruler@lab.org',
    'redeeming ruler@lab.org',
    'rule_refused *',
    'rule_refused ada@lab.org',
    'rule_set eve@lab.org',
    'ruler_set ruler@lab.org',
  ]);
  const granted = seen.events.find(({ act }) => act === 'granted');
  expect(granted).not.toHaveProperty('rule');
  expect(granted).not.toHaveProperty('ip');
  const outside = await read('email=bob@other.org', ruler);
  expect([outside.status, outside.code]).toEqual([403, 'not_allowed']);
  expect((await read('email=ada@lab.org&host=other', ruler)).status).toBe(403);
  expect(await told('email=ada@lab.org', ruler)).toEqual([
    'read_refused ada@lab.org',
    'rule_refused ada@lab.org',
    'ended ada@lab.org',
    'ending ada@lab.org',
    'granted ada@lab.org',
  ]);
});

test('page after page comes everything once, over many days, of everybody and of one person', async () => {
  const kept = (await allItems()).filter(({ pk }) => /^audit#(2|by)/.test(String(pk))).length;
  const write = async (n: number) =>
    stage.ask('PUT', '/rules', {
      token: admin,
      body: { email: 'p@lab.org', host: 'p', db: `p${n}`, role: 'read', which: 'deny' },
    });
  for (let n = 0; n < 230; n++) {
    if (n % 40 === 39) later(stage, 86_400);
    await write(n);
  }
  later(stage, 100 * 86_400);
  admin = await stage.tokenFor('admin@example.com');
  await write(1000);
  for (const query of ['', 'email=p@lab.org&', 'email=admin@example.com&', 'host=p&']) {
    const ids: unknown[] = [];
    let pages = 0;
    for (let cursor: string | undefined = ''; cursor !== undefined; pages++) {
      const page = await read(`${query}${cursor && `cursor=${cursor}`}`);
      expect(page.status).toBe(200);
      expect(page.events.length).toBeLessThan(250);
      ids.push(...page.events.map(({ at, requestId, act }) => `${at} ${requestId} ${act}`));
      cursor = page.cursor;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => String(id).endsWith('rule_set')).length).toBeGreaterThanOrEqual(231);
    expect(pages).toBeGreaterThan(2);
  }
  expect(kept).toBeGreaterThan(20);
}, 60_000);

test('a cursor is good for who was given it, for the same question, and for nothing else', async () => {
  const { cursor = '' } = await read();
  expect((await read(`cursor=${cursor}`)).status).toBe(200);
  const others: [string, string][] = [
    [`cursor=${cursor}&host=p`, admin],
    [`cursor=${cursor}`, ada],
    [`cursor=${Buffer.from('2026-11-24').toString('base64url')}`, admin],
    [`cursor=${cursor.slice(0, -2)}`, admin],
    ['cursor=x', admin],
  ];
  ada = await stage.tokenFor('ada@lab.org');
  for (const [query, token] of others) {
    const { status, code } = await read(query, token === admin ? admin : ada);
    expect([query, status, code]).toEqual([query, 400, 'invalid_request']);
  }
});

test('a moment in the future reads no days that are still to come', async () => {
  stage.outside.calls.length = 0;
  expect((await read('to=9999-12-31T00:00:00Z&from=2027-03-01T00:00:00Z')).status).toBe(200);
  expect(stage.outside.calls.filter((call) => call === 'table.page').length).toBeLessThan(20);
});

test('the days before the first event are searched once, and never again', async () => {
  const { table } = stage.edges;
  await table.delete(keys.eventsBegan);
  const queries = async (query: string) => {
    stage.outside.calls.length = 0;
    const { events } = await read(query);
    return { events, count: stage.outside.calls.filter((call) => call === 'table.page').length };
  };
  const began = async () => (await table.get(keys.eventsBegan))?.day;
  const last = (await queries('from=2026-11-01T00:00:00Z&to=2026-11-24T09:30:00Z')).events;
  expect(await began()).toBeUndefined();
  // Before the first event: what this finds out is true, and little.
  await queries('to=2026-06-01T00:00:00Z');
  expect(await began()).toBe('2026-05-30');
  const first = await queries('to=2026-11-24T09:30:00Z');
  expect([first.events, first.count > 150, await began()]).toEqual([last, true, '2026-11-22']);
  const second = await queries('to=2026-11-24T09:30:00Z');
  expect([second.events, second.count < 6, await began()]).toEqual([last, true, '2026-11-22']);
});

test.each(['9999-01-01', 'zzzz', ''])('a first day of "%s" hides no event', async (day) => {
  await stage.edges.table.put({ ...keys.eventsBegan, day });
  expect((await told()).length).toBeGreaterThan(20);
});

test('a search that is over before it begins asks for nothing', async () => {
  stage.outside.calls.length = 0;
  expect((await read('from=2999-01-01T00:00:00Z')).events).toEqual([]);
  expect(stage.outside.calls.filter((call) => /^table\.(page|query)/.test(call))).toEqual([]);
});

test('an event that can not be read is shown to admins as such, and hides no other', async () => {
  const at = stage.clock.now.toISOString();
  const own = { listPk: 'audit#broken@lab.org', listSk: `${at}#x` };
  await stage.table.put({ pk: `audit#${at.slice(0, 10)}`, sk: `${at}#x`, act: 7, at, email: 'broken@lab.org', ...own });
  const { status, events } = await read('email=broken@lab.org');
  expect([status, events]).toEqual([
    200,
    [{ act: 'unreadable', at, email: 'broken@lab.org', unreadable: `audit#${at.slice(0, 10)} ${at}#x` }],
  ]);
  expect((await read()).status).toBe(200);
});
