import { allItems, openStage, type Stage } from '../../support/stage';

let stage: Stage;
let admin: string;
let ruler: string;
let ada: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  admin = await stage.tokenFor('admin@example.com');
  await appoint({});
  ruler = await stage.tokenFor('ruler@lab.org');
  await setRule(admin, { email: 'ada@lab.org', host: stage.host, db: 'fw_*' });
  await setRule(admin, { email: 'bob@other.org', host: stage.host, db: 'fw_*' });
  await setRule(admin, { email: 'ada@lab.org', host: stage.host, db: 'other' });
  ada = await stage.tokenFor('ada@lab.org');
});
afterAll(() => stage.close());

const scope = { hosts: 'all', dbs: ['fw_'], emails: ['@lab.org'], which: 'all' };
const appoint = (change: Record<string, unknown>, token = admin) =>
  stage.ask('PUT', '/rulers', { token, body: { email: 'ruler@lab.org', ...scope, ...change } });
const dismiss = (query: string, token = admin) => stage.ask('DELETE', `/rulers?${query}`, { token });
const list = async (query = '') => (await stage.ask('GET', `/rulers${query}`, { token: admin })).json.rulers;
const setRule = (token: string, rule: Record<string, unknown>) =>
  stage.ask('PUT', '/rules', { token, body: { role: 'readWrite', which: 'allow', ...rule } });
const grant = (token: string, db: string, label = '') =>
  stage.ask('POST', '/grants', { token, body: { host: stage.host, db, role: 'read', label } });
const stored = async (kind: RegExp) => (await allItems()).filter(({ pk }) => kind.test(String(pk)));
const lastEvent = async () =>
  (await stored(/^audit#2/)).toSorted((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)).at(-1);

test('a ruler is appointed, changed and dismissed by admins, with a version', async () => {
  const email = 'new@lab.org';
  const set = await appoint({ email, hosts: ['h1'], which: ['deny'] });
  const { version } = set.json;
  const first = { email, ...scope, hosts: ['h1'], which: ['deny'], version };
  expect([set.status, set.json]).toEqual([200, first]);
  expect(await list()).toEqual(expect.arrayContaining([first]));
  const second = { email, ...scope, version: version + 1 };
  expect((await appoint({ email, version })).json).toEqual({ ...second, replaced: first });
  expect(await list(`?email=${email}`)).toEqual([second]);
  expect((await dismiss(`email=${email}&version=${version + 1}`)).json).toEqual(second);
  expect(await list(`?email=${email}`)).toEqual([]);
  expect((await appoint({ email })).json.version).not.toBe(version);
});

test('what an answer has beside the ruler may be sent back, and is not stored', async () => {
  const email = 'back@lab.org';
  await appoint({ email, hosts: ['h1'] });
  const { json } = await appoint({ email });
  expect(json).toMatchObject({ replaced: { hosts: ['h1'] } });
  const again = await appoint(json);
  expect([again.status, again.json]).toEqual([200, { email, ...scope, version: json.version + 1 }]);
  expect((await stored(/^rulers/)).filter((row) => 'replaced' in row)).toEqual([]);
});

test('every change of a ruler is on record, with what it changed', async () => {
  const email = 'noted@lab.org';
  await appoint({ email });
  await appoint({ email, dbs: 'all' });
  await dismiss(`email=${email}`);
  const events = (await stored(/^audit#2/)).filter((event) => event.email === email);
  expect(events.map(({ act, by, before, after }) => [act, by, before, after])).toEqual([
    ['ruler_set', 'admin@example.com', undefined, { email, ...scope, version: expect.any(Number) }],
    [
      'ruler_set',
      'admin@example.com',
      { email, ...scope, version: expect.any(Number) },
      { email, ...scope, dbs: 'all', version: expect.any(Number) },
    ],
    ['ruler_removed', 'admin@example.com', { email, ...scope, dbs: 'all', version: expect.any(Number) }, undefined],
  ]);
});

test('nobody but an admin sees or changes rulers; what is not as it was read stays: each with its event', async () => {
  const before = await stored(/^rulers#/);
  const refusals: [() => ReturnType<typeof appoint>, number, string, string][] = [
    [() => appoint({ email: 'ada@lab.org' }, ada), 403, 'not_allowed', 'ruler_refused'],
    [() => appoint({ dbs: 'all' }, ruler), 403, 'not_allowed', 'ruler_refused'],
    [() => dismiss('email=ruler@lab.org', ruler), 403, 'not_allowed', 'ruler_refused'],
    [() => stage.ask('GET', '/rulers', { token: ruler }), 403, 'not_allowed', 'read_refused'],
    [() => stage.ask('GET', '/rulers?email=ruler@lab.org', { token: ada }), 403, 'not_allowed', 'read_refused'],
    [() => appoint({ version: 7 }), 409, 'ruler_changed', 'ruler_refused'],
    [() => appoint({ email: 'nobody@lab.org', version: 1 }), 409, 'ruler_changed', 'ruler_refused'],
    [() => appoint({ version: 0 }), 409, 'ruler_changed', 'ruler_refused'],
    [() => dismiss('email=ruler@lab.org&version=7'), 409, 'ruler_changed', 'ruler_refused'],
    [() => dismiss('email=nobody@lab.org'), 404, 'ruler_unknown', 'ruler_refused'],
  ];
  for (const [attempt, status, code, act] of refusals) {
    const { status: was, json } = await attempt();
    expect([was, json.code, await lastEvent()]).toEqual([status, code, expect.objectContaining({ act, reason: code })]);
  }
  expect(await stored(/^rulers#/)).toEqual(before);
});

test('of admins who change one ruler from the same version one wins', async () => {
  const email = 'race@lab.org';
  const answers = await Promise.all(['a_', 'b_', 'c_'].map((db) => appoint({ email, dbs: [db], version: 0 })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
  expect(await list(`?email=${email}`)).toEqual([answers.find(({ status }) => status === 200)?.json]);
});

test('a ruler whom no rule names is mailed a link all the same, and reads their scope in GET /me', async () => {
  const { json } = await stage.ask('GET', '/me', { token: ruler });
  expect(json).toMatchObject({ email: 'ruler@lab.org', admin: false, ruler: true, scope, access: [] });
  expect((await stage.ask('GET', '/me', { token: ada })).json.ruler).toBe(false);
});

test('a ruler sets, sees and removes rules inside their scope', async () => {
  const rule = { email: 'eve@lab.org', host: stage.host, db: 'fw_eve', role: 'read', which: 'allow' };
  expect(await setRule(ruler, rule)).toMatchObject({ status: 200, json: rule });
  const { json } = await stage.ask('GET', '/rules', { token: ruler });
  const shown = json.rules.map(({ email, db }: { email: string; db: string }) => `${email} ${db}`);
  expect(shown).toEqual(['ada@lab.org fw_*', 'eve@lab.org fw_eve']);
  const removed = await stage.ask('DELETE', `/rules?${new URLSearchParams(rule)}`, { token: ruler });
  expect(removed.status).toBe(200);
});

test('outside of their scope a ruler is refused, told which part, and the attempt is on record', async () => {
  const before = await stored(/^rules#/);
  const inner = { email: 'eve@lab.org', host: stage.host, db: 'fw_eve', which: 'allow' };
  for (const [change, part] of [
    [{ email: '*' }, 'emails'],
    [{ email: '*@cs.lab.org' }, 'emails'],
    [{ email: 'eve@cs.lab.org' }, 'emails'],
    [{ email: 'eve@notlab.org' }, 'emails'],
    [{ db: '*' }, 'dbs'],
    [{ db: 'fw*' }, 'dbs'],
    [{ db: 'fw' }, 'dbs'],
    [{ db: 'FW_eve' }, 'dbs'],
    [{ email: '*', db: '*' }, 'dbs, emails'],
  ] as const) {
    const { status, json } = await setRule(ruler, { ...inner, ...change });
    expect([change, status, json.code]).toEqual([change, 403, 'not_allowed']);
    expect(json.detail).toContain(`(${part})`);
    expect(await lastEvent()).toMatchObject({ act: 'rule_refused', by: 'ruler@lab.org', reason: 'not_allowed' });
  }
  expect(await stored(/^rules#/)).toEqual(before);
});

test('of what is outside of their scope a ruler learns nothing: not from cursors, and not from warnings', async () => {
  for (let n = 0; n < 510; n++)
    await stage.table.put({
      pk: `rules#p${n}@secret.org`,
      sk: 'h#db#read#allow',
      listPk: 'rules',
      listSk: `p${n}@secret.org#h#db#read#allow`,
    });
  const { json } = await stage.ask('GET', '/rules', { token: ruler });
  expect(json.cursor).toEqual(expect.any(String));
  expect(Buffer.from(json.cursor, 'base64url').toString()).not.toContain('secret');
  for (const cursor of ['p1@secret.org', 'a'].map((text) => Buffer.from(text).toString('base64url'))) {
    const made = await stage.ask('GET', `/rules?cursor=${cursor}`, { token: ruler });
    expect([made.status, made.json.code]).toEqual([400, 'invalid_request']);
  }
  expect((await stage.ask('GET', `/rules?cursor=${json.cursor}`, { token: admin })).status).toBe(400);
  const [next] = [await stage.ask('GET', `/rules?cursor=${json.cursor}`, { token: ruler })];
  expect([next?.status, next?.json.cursor]).toEqual([200, undefined]);

  await appoint({ email: 'allows@lab.org', which: ['allow'] });
  const allows = await stage.tokenFor('allows@lab.org');
  const rule = { email: 'w@lab.org', host: stage.host, db: 'fw_w', role: 'readWrite' };
  await setRule(admin, { ...rule, which: 'deny', role: 'read' });
  const { warnings } = (await setRule(allows, rule)).json;
  expect(warnings).toEqual([expect.stringContaining('outside of your scope')]);
  expect(warnings[0]).not.toContain('w@lab.org');
});

test('who may only deny takes away their own denies, and no others', async () => {
  await appoint({ email: 'denies@lab.org', which: ['deny'] });
  const denies = await stage.tokenFor('denies@lab.org');
  const rule = { email: 'v@lab.org', host: 'h', db: 'fw_v', role: 'read', which: 'deny' };
  const remove = () => stage.ask('DELETE', `/rules?${new URLSearchParams(rule)}`, { token: denies });
  expect((await setRule(denies, rule)).status).toBe(200);
  expect((await remove()).status).toBe(200);
  await setRule(admin, rule);
  const refusals = [await remove(), await setRule(denies, { ...rule, expires: '2026-11-24T09:00:00Z' })];
  for (const { status, json } of refusals)
    expect([status, json.detail]).toEqual([403, expect.stringContaining('set by somebody else')]);
  // Theirs when it was read, and an admin's when it is to go.
  await stage.ask('DELETE', `/rules?${new URLSearchParams(rule)}`, { token: admin });
  await setRule(denies, rule);
  stage.outside.before = async (call) => {
    if (call !== 'table.delete') return;
    stage.outside.before = undefined;
    await stage.ask('DELETE', `/rules?${new URLSearchParams(rule)}`, { token: admin });
    await setRule(admin, rule);
  };
  expect((await remove()).json.code).toBe('rule_changed');
});

test('a ruler sees and revokes grants inside their scope, and no others', async () => {
  await grant(ada, 'fw_a');
  await grant(ada, 'other');
  const bob = await stage.tokenFor('bob@other.org');
  await grant(bob, 'fw_b');
  const seen = async (query: string) =>
    (await stage.ask('GET', `/grants?${query}`, { token: ruler })).json.grants?.map(({ db }: { db: string }) => db);
  expect(await seen('email=ada@lab.org')).toEqual(['fw_a']);
  expect(await seen(`host=${stage.host}`)).toEqual(['fw_a']);
  expect(await seen('email=*')).toEqual(['fw_a']);
  for (const query of ['email=bob@other.org', 'email=ada@lab.org&db=other', 'email=*&db=other']) {
    const list = await stage.ask('GET', `/grants?${query}`, { token: ruler });
    expect([list.status, list.json.code, await lastEvent()]).toEqual([
      403,
      'not_allowed',
      expect.objectContaining({ act: 'read_refused', by: 'ruler@lab.org' }),
    ]);
    const end = await stage.ask('DELETE', `/grants?${query}&host=${stage.host}`, { token: ruler });
    expect([end.status, (await lastEvent())?.act]).toEqual([403, 'revoke_refused']);
  }
  const { json } = await stage.ask('DELETE', `/grants?email=*&host=${stage.host}`, { token: ruler });
  expect(json.revoked).toMatchObject([{ email: 'ada@lab.org', db: 'fw_a', state: 'ended' }]);
  const left = await stage.ask('GET', `/grants?host=${stage.host}`, { token: admin });
  const live = left.json.grants.filter(({ state }: { state: string }) => state === 'active');
  expect(live.map(({ db }: { db: string }) => db).toSorted()).toEqual(['fw_b', 'other']);
});

test('what a ruler may do is read with each request: a dismissed one may nothing', async () => {
  await appoint({ email: 'short@lab.org' });
  const short = await stage.tokenFor('short@lab.org');
  const rule = { email: 'x@lab.org', host: 'h', db: 'fw_x' };
  expect((await setRule(short, rule)).status).toBe(200);
  await dismiss('email=short@lab.org');
  expect((await setRule(short, rule)).status).toBe(403);
  expect((await stage.ask('GET', '/rules', { token: short })).status).toBe(403);
  expect((await stage.ask('GET', '/me', { token: short })).json.ruler).toBe(false);
});

test('a scope that can not be read is none, is shown to admins, and can be set anew', async () => {
  await stage.table.put({
    pk: 'rulers#broken@lab.org',
    sk: 'scope',
    email: 'broken@lab.org',
    hosts: '*',
    listPk: 'rulers',
    listSk: 'broken@lab.org',
  });
  const broken = await stage.tokenFor('broken@lab.org');
  expect((await setRule(broken, { email: 'x@lab.org', host: 'h', db: 'fw_x' })).status).toBe(403);
  expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'rule_unreadable' }));
  expect(await list()).toContainEqual({ unreadable: 'rulers#broken@lab.org scope' });
  expect((await appoint({ email: 'broken@lab.org' })).status).toBe(200);
  expect((await setRule(broken, { email: 'x@lab.org', host: 'h', db: 'fw_x' })).status).toBe(200);
});

test('a rule that can not be read denies more than a scope may hold, so a ruler can not take it away', async () => {
  const key = { email: 'eve@lab.org', host: 'h', db: 'fw_u', role: 'readWrite', which: 'allow' };
  const item = { pk: 'rules#eve@lab.org', sk: 'h#fw_u#readWrite#allow' };
  await stage.table.put({ ...item, which: 'perhaps' });
  const query = `/rules?${new URLSearchParams(key)}`;
  expect([(await setRule(ruler, key)).status, (await stage.ask('DELETE', query, { token: ruler })).status]).toEqual([
    403, 403,
  ]);
  expect(await stage.table.get(item)).toMatchObject({ which: 'perhaps' });
  expect((await stage.ask('DELETE', query, { token: admin })).status).toBe(200);
});
