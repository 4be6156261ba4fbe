import { clientStage } from '../../support/client-stage';
import { seedGrant } from '../../support/seed-grant';
import { allItems, later } from '../../support/stage';
import { endpoint, newestLink } from '../../support/stage-fetch';

const on = clientStage();
const liveGrants = async () =>
  (await allItems()).filter(({ pk, state }) => String(pk).startsWith('grants#') && state === 'active');

test('the whole story: link, token, database, renewal, revocation', async () => {
  const { stage } = on;
  const client = on.clientOf();
  expect(await client.requestLink('you@example.com', endpoint)).toContain('link');
  const { email } = await client.redeemLink(newestLink(stage));
  expect(email).toBe('you@example.com');
  expect(await client.me()).toMatchObject({ email, admin: false, access: [{ host: stage.host, db: 'demo*' }] });

  await client.setAlias('here', stage.host);
  await client.setAlias('tests', 'demo', 'db');
  const db = await client.db('rw:here/tests');
  await db.collection('tasks').insertOne({ name: 'first' });
  expect(await db.collection('tasks').countDocuments()).toBe(1);
  const reading = await client.db('ro:here/tests');
  expect(await reading.collection('tasks').countDocuments()).toBe(1);
  await expect(reading.collection('tasks').insertOne({})).rejects.toMatchObject({ code: 13 });

  later(stage, 3600);
  const renewed = await client.renew('rw:here/tests');
  const auth = await client.getAuth('here', 'tests', 'rw');
  expect(auth).toMatchObject({ host: stage.host, db: 'demo', role: 'readWrite', expires: new Date(renewed.expires) });
  expect((await client.grants()).map(({ role, expires }) => [role, expires])).toContainEqual([
    'readWrite',
    renewed.expires,
  ]);
  expect(await client.db('rw:here/tests')).toHaveProperty('client', db.client);

  expect(await client.revoke('rw:here/tests')).toMatchObject({
    revoked: [{ username: auth.username, state: 'ended' }],
    pending: [],
  });
  await expect(stage.login(auth.username, auth.password, 'demo')).rejects.toMatchObject({ code: 18 });
  expect(await liveGrants()).toMatchObject([{ role: 'read' }]);
  await expect(db.collection('tasks').countDocuments()).rejects.toThrow('must be connected');

  expect(await client.revokeTokens()).toBe(1);
  await expect(client.me()).rejects.toMatchObject({ code: 'token_revoked', status: 401 });
});

test('the address of a database logs in, wherever it is pasted', async () => {
  const client = await on.member();
  const { username, password } = await client.getAuth(on.stage.host, 'demo', 'rw');
  const uri = new URL(await client.uri(on.spec()));
  expect([uri.username, uri.password, uri.pathname, uri.searchParams.get('authSource')]).toEqual([
    ...[username, password, '/demo', 'demo'],
  ]);
  expect(on.asked).toEqual(['POST /grants']);
});

test('a refusal is told in the words of the API, with its code, status and request, and nothing is written', async () => {
  const client = await on.member();
  const failure = await client.db(on.spec('secret')).catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ name: 'MongograntError', code: 'not_allowed', status: 403 });
  expect(failure).toHaveProperty('requestId', expect.stringMatching(/^request-/));
  expect(await liveGrants()).toEqual([]);
  expect(await on.clientOf().remotes()).toHaveLength(1);
  await expect(client.db('fireworks')).rejects.toMatchObject({ code: 'spec_invalid' });
});

test('without a token the client says how to get one, and asks nothing', async () => {
  const client = on.clientOf();
  await client.setRemote(endpoint, '');
  await expect(client.db(on.spec())).rejects.toMatchObject({
    code: 'token_missing',
    message: expect.stringContaining(`mgrant login you@lab.org --endpoint ${endpoint}`),
  });
  expect(on.asked).toEqual([]);
});

test('an admin sets, explains and removes rules and rulers, and reads what happened', async () => {
  const admin = await on.admin();
  const key = on.key();
  const you = await on.member();
  const { username } = await you.getAuth(on.stage.host, 'demo', 'rw');
  expect(await admin.removeRule(key, { dryRun: true })).toMatchObject({ ends: [{ username }] });
  expect(await admin.setRule({ ...key, maxTtl: '7 d' })).toMatchObject({ maxTtl: '7 d', replaced: { db: 'demo*' } });
  expect(await admin.rules()).toMatchObject([{ maxTtl: '7 d' }]);
  const wish = { email: 'you@example.com', host: on.stage.host, db: 'demo1', role: 'read' };
  expect(await admin.why(wish)).toMatchObject({ allowed: true, rule: { db: 'demo*' } });
  const scope = { hosts: 'all', dbs: ['demo'], emails: ['@example.com'], which: 'all' } as const;
  await admin.setRuler({ email: 'ruler@example.com', ...scope, dbs: ['demo'], emails: ['@example.com'] });
  expect(await admin.rulers()).toMatchObject([{ email: 'ruler@example.com', dbs: ['demo'] }]);
  await admin.removeRuler({ email: 'ruler@example.com' });
  expect(await admin.removeRule(key)).toMatchObject(key);
  expect(await admin.rules()).toEqual([]);
  const { revoked } = await admin.revoke({ email: 'you@example.com' });
  expect(revoked).toMatchObject([{ username }]);
  expect(await admin.revokeTokens({ email: 'you@example.com' })).toBe(1);
  const acts = (await admin.audit({ email: 'you@example.com' })).events.map(({ act }) => act);
  expect(acts).toEqual(expect.arrayContaining(['granted', 'rule_set', 'rule_removed', 'tokens_revoked']));
});

test('a client that is disposed of has closed its connections', async () => {
  const client = await on.member();
  const db = await client.db(on.spec());
  await client[Symbol.asyncDispose]();
  await expect(db.collection('tasks').countDocuments()).rejects.toThrow('must be connected');
});

test('a list of many pages is told as one, what has not ended first', async () => {
  const client = on.clientOf();
  await client.requestLink('you@example.com', endpoint);
  const { email } = await client.redeemLink(newestLink(on.stage));
  const times = { issuedAt: 1, expiresAt: 2, creatingUntil: 0, changingUntil: 0, endingUntil: 0 };
  const over = { email, host: 'a', db: 'd', role: 'read', username: 'u', usersDb: 'd', version: 1, ...times };
  for (let n = 0; n < 1001; n++)
    await seedGrant(on.stage.table, { ...over, id: `g${n}`, label: `${n}`, state: 'ended' });
  await client.uri(`ro:${on.stage.host}/demo`);
  const grants = await client.grants();
  expect(grants.filter(({ state }) => state === 'ended')).toHaveLength(1001);
  expect(grants[0]?.state).toBe('active');
});
