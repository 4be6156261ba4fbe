import { allItems, later, openStage, registerHost, type Stage } from '../support/stage';

let stage: Stage;
let you: string;
let admin: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, tokenTtl: '365 d' });
  admin = await stage.tokenFor('admin@example.com');
  await allow({ db: 'demo*', role: 'readWrite' });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());

const allow = async (rule: Record<string, unknown>) => {
  const body = { email: 'you@example.com', host: stage.host, role: 'readWrite', which: 'allow', ...rule };
  const answer = await stage.ask('PUT', '/rules', { token: admin, body });
  expect([answer.status, answer.json.detail]).toEqual([200, undefined]);
};
const wish = (db: string, more: Record<string, unknown> = {}) => ({ host: stage.host, db, role: 'readWrite', ...more });
const grant = (body: Record<string, unknown>, token = you) => stage.ask('POST', '/grants', { token, body });
const renew = (body: Record<string, unknown>) => stage.ask('POST', '/grants/renew', { token: you, body });
const row = async (db: string) =>
  (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db);
const events = async (act: string) => (await allItems()).filter((item) => item.act === act);
const mongo = () => stage.login(stage.admin.username, stage.admin.password, 'admin');
const userOn = async (db: string, user: string) =>
  (await (await mongo()).db(db).command({ usersInfo: { user, db } })).users[0];

test('a grant is a login that does what the role allows, tagged, with an end, ready to paste', async () => {
  const { status, json } = await grant(wish('demo_a', { ttl: '2 h' }));
  expect(status).toBe(201);
  expect(json).toEqual({
    username: 'you_example.com_readWrite',
    password: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    host: stage.host,
    db: 'demo_a',
    role: 'readWrite',
    label: '',
    expires: '2026-11-24T10:00:00.000Z',
    passwordVersion: 1,
    uri: `mongodb://you_example.com_readWrite:${json.password}@127.0.0.1:${stage.mongod.port}/demo_a?authSource=demo_a`,
  });
  const client = await stage.login(json.username, json.password, 'demo_a');
  await client.db('demo_a').collection('c').insertOne({ test: 1 });
  await expect(client.db('other').collection('c').findOne()).rejects.toMatchObject({ code: 13 });
  const user = await userOn('demo_a', json.username);
  expect(user.roles).toEqual([{ role: 'readWrite', db: 'demo_a' }]);
  expect(user.customData.mongogrant).toEqual({
    email: 'you@example.com',
    label: '',
    grant: (await row('demo_a'))?.id,
    expires: '2026-11-24T10:00:00.000Z',
    stack: 'mongogrant',
  });
});

test('the same label gets a new password for the same user, another label another user', async () => {
  const first = (await grant(wish('demo_b'))).json;
  const again = await grant(wish('demo_b'));
  expect(again.status).toBe(201);
  expect(again.json.username).toBe(first.username);
  await expect(stage.login(first.username, first.password, 'demo_b')).rejects.toMatchObject({ code: 18 });
  await stage.login(again.json.username, again.json.password, 'demo_b');
  const job = (await grant(wish('demo_b', { label: 'job-1' }))).json;
  expect(job.username).toBe('you_example.com_readWrite_job-1');
  await stage.login(job.username, job.password, 'demo_b');
  await stage.login(again.json.username, again.json.password, 'demo_b');
});

test('each new password is counted, also past the end of a grant, and a renewal counts nothing', async () => {
  const listed = async () => (await stage.ask('GET', '/grants?db=demo_counted', { token: you })).json.grants[0];
  expect((await grant(wish('demo_counted'))).json.passwordVersion).toBe(1);
  expect(await listed()).toMatchObject({ passwordVersion: 1, passwordIssued: '2026-11-24T08:00:00.000Z' });
  expect(await listed()).not.toHaveProperty('renewed');
  const began = stage.clock.now;
  stage.clock.now = new Date('2026-11-24T08:10:00Z');
  expect((await grant(wish('demo_counted'))).json.passwordVersion).toBe(2);
  const second = { issued: '2026-11-24T08:00:00.000Z', passwordVersion: 2, passwordIssued: '2026-11-24T08:10:00.000Z' };
  expect(await listed()).toMatchObject({ ...second, renewed: '2026-11-24T08:10:00.000Z' });
  stage.clock.now = new Date('2026-11-24T08:20:00Z');
  expect((await renew(wish('demo_counted'))).json).toMatchObject({ ...second, renewed: '2026-11-24T08:20:00.000Z' });
  await stage.ask('DELETE', '/grants?db=demo_counted', { token: you });
  expect((await grant(wish('demo_counted'))).json.passwordVersion).toBe(3);
  stage.clock.now = began;
});

test('the password of a row that counts none, of 0.1.0, is the first', async () => {
  await grant(wish('demo_010'));
  const { pk, sk } = (await row('demo_010')) ?? {};
  const key = { pk: String(pk), sk: String(sk) };
  await stage.table.update(key, { remove: ['passwordVersion', 'passwordAt'] });
  const [listed] = (await stage.ask('GET', '/grants?db=demo_010', { token: you })).json.grants;
  expect(listed).toMatchObject({ passwordVersion: 1 });
  expect(listed).not.toHaveProperty('passwordIssued');
  expect((await renew(wish('demo_010'))).json.passwordVersion).toBe(1);
  expect((await grant(wish('demo_010'))).json.passwordVersion).toBe(2);
});

test('a grant lives as long as asked, within what the rules and the settings allow', async () => {
  await allow({ db: 'short', role: 'read', maxTtl: '1 h' });
  await allow({ db: 'ending', role: 'read', expires: '2026-11-24T09:30:00Z' });
  const ends = async (body: Record<string, unknown>) => (await grant(body)).json.expires;
  expect(await ends(wish('demo_c'))).toBe('2026-12-24T08:00:00.000Z');
  expect(await ends(wish('demo_c', { ttl: 3600 }))).toBe('2026-11-24T09:00:00.000Z');
  expect(await ends(wish('demo_c', { ttl: '365 d' }))).toBe('2027-02-22T08:00:00.000Z');
  expect(await ends(wish('short', { role: 'read', ttl: '5 h' }))).toBe('2026-11-24T09:00:00.000Z');
  expect(await ends(wish('ending', { role: 'read', ttl: '5 h' }))).toBe('2026-11-24T09:30:00.000Z');
});

test('renewing moves the end and keeps the password', async () => {
  const { json } = await grant(wish('demo_d', { ttl: '1 h' }));
  const renewed = await renew(wish('demo_d', { ttl: '3 h' }));
  expect(renewed.status).toBe(200);
  expect(renewed.json).toMatchObject({ username: json.username, expires: '2026-11-24T11:00:00.000Z', state: 'active' });
  expect(Object.keys(renewed.json)).not.toContain('password');
  expect(renewed.text).not.toContain(json.password);
  await stage.login(json.username, json.password, 'demo_d');
  expect((await userOn('demo_d', json.username)).customData.mongogrant.expires).toBe('2026-11-24T11:00:00.000Z');
});

test('what is not held, or has ended, is not renewed', async () => {
  expect((await renew(wish('demo_none'))).json).toMatchObject({ status: 404, code: 'grant_unknown' });
  const { json } = await grant(wish('demo_e', { ttl: 60 }));
  later(stage, 60);
  expect((await renew(wish('demo_e'))).json.code).toBe('grant_unknown');
  const next = (await grant(wish('demo_e'))).json;
  expect(next.username).toBe(json.username);
  await expect(stage.login(json.username, json.password, 'demo_e')).rejects.toMatchObject({ code: 18 });
  await stage.login(next.username, next.password, 'demo_e');
});

test('what no rule allows, a deny, and a host that is not registered look the same, and leave nothing but an event', async () => {
  await allow({ host: '*', db: 'everywhere' });
  await allow({ db: 'demo_denied', role: 'readWrite', which: 'deny' });
  for (const body of [wish('secret'), wish('demo_denied'), wish('everywhere', { host: 'nowhere.lab.org' })]) {
    const before = (await allItems()).length;
    const { status, json } = await grant(body);
    expect([status, json.code]).toEqual([403, 'not_allowed']);
    expect(json.detail.replace(body.db, 'DB').replace(body.host, 'HOST')).toMatch(
      /^No rule gives you readWrite on DB at HOST\./,
    );
    expect((await allItems()).length).toBe(before + 1);
    const refused = { email: 'you@example.com', wish: { db: body.db } };
    expect(await events('grant_refused')).toContainEqual(
      expect.objectContaining({ ...refused, wish: expect.objectContaining(refused.wish) }),
    );
    expect(await row(body.db)).toBeUndefined();
  }
});

test('a host that is unregistered or retired is named to those whose rule names it', async () => {
  await registerHost('retired.lab.org', { ...stage.admin, host: '127.0.0.1', port: 1, retiredAt: 1 });
  await allow({ host: '*', db: 'demo_a' });
  for (const host of ['nowhere.lab.org', 'retired.lab.org']) {
    const told = async (db: string) => {
      const answers = await Promise.all([grant(wish(db, { host })), renew(wish(db, { host }))]);
      return answers.map(({ status, json }) => [status, json.code, json.detail]);
    };
    const nothing = `No rule gives you readWrite on demo_a at ${host}. Look what the rules open to you, or ask an admin for more.`;
    expect(await told('demo_a')).toEqual(Array(2).fill([403, 'not_allowed', nothing]));
    await allow({ host, db: 'demo_*' });
    const [what, next] =
      host === 'nowhere.lab.org'
        ? ['no such host is registered', 'Ask your admin to register it.']
        : ['that host is retired: no new login begins there', 'Ask your admin which host takes its place.'];
    const named = `The rules give you readWrite on demo_a at ${host}, but ${what}. ${next}`;
    expect(await told('demo_a')).toEqual(Array(2).fill([403, 'not_allowed', named]));
    expect(await events('grant_refused')).toContainEqual(
      expect.objectContaining({ reason: host === 'nowhere.lab.org' ? 'host_unknown' : 'host_retired' }),
    );
    await allow({ host, db: 'demo_a', which: 'deny' });
    expect(await told('demo_a')).toEqual(Array(2).fill([403, 'not_allowed', nothing]));
  }
});

test("the server's own databases are never granted", async () => {
  for (const db of ['admin', 'local', 'config', 'Admin'])
    expect((await grant(wish(db))).json).toMatchObject({ status: 400, code: 'invalid_request' });
});

test("somebody else's user of that name is never touched: the grant takes another name", async () => {
  const root = await mongo();
  await root.db('demo_f').command({ createUser: 'you_example.com_readWrite', pwd: 'theirs', roles: [] });
  const { json } = await grant(wish('demo_f'));
  expect(json.username).toMatch(/^you_example\.com_readWrite_[0-9a-f]{6}$/);
  await stage.login(json.username, json.password, 'demo_f');
  await stage.login('you_example.com_readWrite', 'theirs', 'demo_f');
  expect((await row('demo_f'))?.username).toBe(json.username);
  expect((await grant(wish('demo_f'))).json.username).toBe(json.username);
});

test('a user that lost its tag is left alone: 409', async () => {
  const { json } = await grant(wish('demo_g'));
  await (await mongo()).db('demo_g').command({ updateUser: json.username, customData: {} });
  const again = await grant(wish('demo_g'));
  expect([again.status, again.json.code]).toEqual([409, 'user_not_ours']);
  await stage.login(json.username, json.password, 'demo_g');
});

test("a user that is gone was revoked: it is not made again behind anybody's back", async () => {
  const { json } = await grant(wish('demo_h'));
  await (await mongo()).db('demo_h').command({ dropUser: json.username });
  const again = await grant(wish('demo_h'));
  expect([again.status, again.json.code]).toEqual([409, 'grant_revoked']);
  expect((await row('demo_h'))?.state).toBe('ended');
  expect((await grant(wish('demo_h'))).status).toBe(201);
});

test('cidrs of the deciding rule become a restriction of the user, and go with it', async () => {
  await allow({ db: 'campus', cidrs: ['10.0.0.0/8'] });
  const { json } = await grant(wish('campus'));
  await expect(stage.login(json.username, json.password, 'campus')).rejects.toMatchObject({ code: 18 });
  await allow({ db: 'campus', cidrs: ['127.0.0.0/8', '10.0.0.0/8'] });
  const again = (await grant(wish('campus'))).json;
  await stage.login(again.username, again.password, 'campus');
});

test('users are made where the host keeps them', async () => {
  const name = `docdb.lab.org:${stage.mongod.port}`;
  await registerHost(name, { host: '127.0.0.1', port: String(stage.mongod.port), ...stage.admin, usersDb: 'admin' });
  await allow({ host: name, db: 'fw_*' });
  const first = (await grant(wish('fw_a', { host: name }))).json;
  const second = (await grant(wish('fw_b', { host: name }))).json;
  expect(first.uri).toMatch(/\/fw_a\?authSource=admin$/);
  expect(second.username).not.toBe(first.username);
  const client = await stage.login(second.username, second.password, 'admin');
  await client.db('fw_b').collection('c').insertOne({ test: 1 });
  await expect(client.db('fw_a').collection('c').findOne()).rejects.toMatchObject({ code: 13 });
});

/** The token of somebody who holds this many grants, for an hour, on databases `<first letter>_<n>`. */
async function tokenWithGrants(email: string, number: number): Promise<string> {
  await allow({ email, db: `${email.charAt(0)}_*` });
  const token = await stage.tokenFor(email);
  for (let n = 0; n < number; n++) await grant(wish(`${email.charAt(0)}_${n}`, { ttl: 3600 }), token);
  return token;
}

test('an expired grant makes room for the next one of its label, even at the limit', async () => {
  const token = await tokenWithGrants('full@example.com', 20);
  later(stage, 3600);
  expect((await grant(wish('f_1'), token)).status).toBe(201);
});

test('no password is at rest, in the audit log or in the logs', async () => {
  const { json } = await grant(wish('demo_i'));
  expect(JSON.stringify([await allItems(), stage.logged])).not.toContain(json.password);
});
