import { runningOperation } from 'embedded-mongod/testing';
import { allItems, openStage, registerHost, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
const owners = { you: 'you@example.com', other: 'other@example.com' };
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
  admin = await stage.tokenFor('admin@example.com');
  await registerHost('down.lab.org:1', { host: '127.0.0.1', port: 1, ...stage.admin });
  const rule = { email: '*@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor(owners.you);
});
afterAll(() => stage.close());

const grant = async (db: string, more: Record<string, unknown> = {}, token = you) =>
  (await stage.ask('POST', '/grants', { token, body: { host: stage.host, db, role: 'readWrite', ...more } })).json;
const revoke = (query: string, token = you) => stage.ask('DELETE', `/grants?${query}`, { token });
const row = async (db: string) =>
  (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db);
const names = (grants: { db: string; label: string }[]) => grants.map(({ db, label }) => `${db}/${label}`).sort();

test('a revoked grant ends: the login, an open connection and the row', async () => {
  const { username, password } = await grant('a');
  const open = await stage.login(username, password, 'a');
  await open.db('a').collection('c').insertOne({});
  const answer = await revoke('db=a');
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({ revoked: [{ db: 'a', username, state: 'ended' }], pending: [] });
  await expect(open.db('a').collection('c').findOne()).rejects.toMatchObject({ code: 13 });
  await expect(stage.login(username, password, 'a')).rejects.toMatchObject({ code: 18 });
  expect(await row('a')).toMatchObject({ state: 'ended' });
  expect((await row('a'))?.dueAt).toBeUndefined();
});

test('what runs with a revoked login stops at once, and what it has read half way can not be read on', async () => {
  const { username, password } = await grant('running');
  const db = (await stage.login(username, password, 'running')).db('running');
  await db.collection('things').insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
  const half = db.collection('things').find({}, { batchSize: 1 });
  expect(await half.next()).toMatchObject({ n: 1 });
  // A minute and a half, if nobody stops it.
  const running = db.collection('things').find({ $where: 'sleep(30000) || true' }).toArray();
  const stopped = expect(running).rejects.toMatchObject({ code: 11601 });
  await runningOperation(await stage.login(stage.admin.username, stage.admin.password, 'admin'), username);
  expect((await revoke('db=running')).json).toMatchObject({ revoked: [{ username }], pending: [] });
  await stopped;
  await expect(half.next()).rejects.toMatchObject({ code: 13 });
});

test('only what the filters match is revoked, and ended grants are not revoked again', async () => {
  for (const label of ['', 'laptop', 'job']) await grant('b', { label });
  await grant('c', { role: 'read' });
  expect(names((await revoke('db=b&label=job')).json.revoked)).toEqual(['b/job']);
  expect(names((await revoke('db=b&label=')).json.revoked)).toEqual(['b/']);
  expect(names((await revoke('role=read&host=*&db=*&label=*')).json.revoked)).toEqual(['c/']);
  expect(names((await revoke(`host=${stage.host}`)).json.revoked)).toEqual(['b/laptop']);
  expect((await revoke('')).json).toEqual({ revoked: [], pending: [] });
});

test("nobody but an admin revokes other people's grants", async () => {
  const other = await stage.tokenFor(owners.other);
  const { username, password } = await grant('d', {}, other);
  for (const query of [`email=${owners.other}`, `email=*&host=${stage.host}`]) {
    const refused = await revoke(query);
    expect([refused.status, refused.json.code]).toEqual([403, 'not_allowed']);
  }
  await stage.login(username, password, 'd');
  expect(await row('d')).toMatchObject({ state: 'active' });
  expect(names((await revoke(`email=${owners.other}`, admin)).json.revoked)).toEqual(['d/']);
});

test("an admin ends everybody's grants on a host, and only there", async () => {
  await grant('e');
  await grant('e', {}, await stage.tokenFor(owners.other));
  expect((await revoke('email=*', admin)).json).toMatchObject({ status: 400, code: 'invalid_request' });
  const { revoked } = (await revoke(`email=*&host=${stage.host}`, admin)).json;
  expect(revoked.map(({ email }: { email: string }) => email).sort()).toEqual([owners.other, owners.you]);
});

test('a user that is gone already is done; one without our tag is left alone and stays pending', async () => {
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  const gone = await grant('g');
  await root.db('g').command({ dropUser: gone.username });
  expect(names((await revoke('db=g')).json.revoked)).toEqual(['g/']);
  const foreign = await grant('h');
  await root.db('h').command({ updateUser: foreign.username, customData: { mine: true } });
  expect(names((await revoke('db=h')).json.pending)).toEqual(['h/']);
  await stage.login(foreign.username, foreign.password, 'h');
});

test('revoked tokens stop working with the next request; others go on, and a new one can be had at once', async () => {
  const other = await stage.tokenFor(owners.other);
  const [first, second] = [await stage.tokenFor(owners.you), await stage.tokenFor(owners.you)];
  const { json } = await stage.ask('DELETE', '/tokens', { token: first });
  expect(json.revoked).toBeGreaterThanOrEqual(2);
  for (const token of [first, second]) {
    const refused = await stage.ask('GET', '/me', { token });
    expect([refused.status, refused.json.code, refused.headers['www-authenticate']]).toEqual([
      401,
      'token_revoked',
      'Bearer error="token_revoked"',
    ]);
  }
  expect((await stage.ask('GET', '/me', { token: other })).status).toBe(200);
  you = await stage.tokenFor(owners.you);
  expect((await stage.ask('GET', '/me', { token: you })).status).toBe(200);
});

test("nobody but an admin revokes other people's tokens", async () => {
  const refused = await stage.ask('DELETE', '/tokens?email=admin@example.com', { token: you });
  expect([refused.status, refused.json.code]).toEqual([403, 'not_allowed']);
  expect((await stage.ask('GET', '/me', { token: admin })).status).toBe(200);
  expect((await stage.ask('DELETE', `/tokens?email=${owners.you}`, { token: admin })).json).toEqual({ revoked: 1 });
});

test('every end is in the audit log, before it is begun and after it is done', async () => {
  you = await stage.tokenFor(owners.you);
  await grant('i');
  await revoke('db=i');
  const acts = (await allItems()).filter(
    (item) => String(item.pk).startsWith('audit#') && (item.grant as { db?: string } | undefined)?.db === 'i',
  );
  expect(acts.map(({ act }) => act).sort()).toEqual(['ended', 'ending', 'granted']);
  expect(acts[0]).toMatchObject({ email: owners.you, requestId: expect.any(String), ip: '192.0.2.1' });
});
