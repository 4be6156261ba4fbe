import type { Document } from 'mongodb';
import { mongoUsers } from '../../shared/mongo/mongo-users';
import { type Genuine, startGenuine } from '../support/genuine/start-genuine';
import { later, openStage, registerHost, type Stage } from '../support/stage';
import { grantRow, runReaper } from './set-stage';

const host = 'failing.example';
let stage: Stage;
let server: Genuine;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d', linksPerDay: 1000 });
  server = await startGenuine({ testCommands: true });
  await registerHost(host, { host: '127.0.0.1', port: server.port, ...server.admin });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
}, 60_000);
afterAll(() => Promise.all([stage.close(), server.close()]));
afterEach(() => failing('off', {}));

/** What the server answers to these commands, a number of times. */
async function failing(times: number | 'off', data: Document): Promise<void> {
  const client = server.client();
  const mode = times === 'off' ? 'off' : { times };
  await client.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
  await client.close();
}

const grant = (db: string) => stage.ask('POST', '/grants', { token: you, body: { host, db, role: 'readWrite' } });
const revoke = (db: string) => stage.ask('DELETE', `/grants?host=${host}&db=${db}`, { token: you });

async function login(answer: Document, db: string): Promise<'in' | number> {
  const { username, password } = answer;
  const client = server.client({ auth: { username, password }, authSource: db });
  return client
    .connect()
    .then(
      () => 'in' as const,
      (fault: { code: number }) => fault.code,
    )
    .finally(() => client.close());
}

// NotWritablePrimary, PrimarySteppedDown, InterruptedDueToReplStateChange, ShutdownInProgress, LockTimeout, KeyNotFound, WriteConflict
const passing = [10107, 189, 11602, 91, 24, 211, 112];

test.each(passing)(
  'an answer of %i is waited out',
  async (errorCode) => {
    await failing(2, { failCommands: ['createUser'], errorCode });
    const db = `once_${errorCode}`;
    const { status, json } = await grant(db);
    expect([status, await login(json, db)]).toEqual([201, 'in']);
    await failing(1, { failCommands: ['updateUser'], errorCode });
    const again = await grant(db);
    expect([again.status, await login(again.json, db), await login(json, db)]).toEqual([201, 'in', 18]);
    await failing(1, { failCommands: ['dropUser'], errorCode });
    expect((await revoke(db)).json).toMatchObject({ revoked: [{ db }], pending: [] });
  },
  30_000,
);

test.each([11602, 189, 91])(
  'a write that was done, but not confirmed for %i, is confirmed or done again',
  async (code) => {
    const writeConcernError = { code, errmsg: 'for the test' };
    const db = `unconfirmed_${code}`;
    await failing(1, { failCommands: ['createUser'], writeConcernError });
    const { status, json } = await grant(db);
    expect([status, json.username, await login(json, db)]).toEqual([201, 'you_example.com_readWrite', 'in']);
    await failing(1, { failCommands: ['dropUser'], writeConcernError });
    expect((await revoke(db)).json).toMatchObject({ revoked: [{ db }], pending: [] });
  },
  30_000,
);

test('what does not pass in time is 503 with Retry-After, and leaves no user behind', async () => {
  await failing(1000, { failCommands: ['createUser'], errorCode: 10107 });
  const began = Date.now();
  const { status, json, headers } = await grant('long');
  expect([status, json.code, headers['retry-after']]).toEqual([503, 'host_unreachable', '60']);
  expect(json.detail).toContain('has no primary at the moment, is starting, or is overloaded');
  expect(Date.now() - began).toBeLessThan(12_000);
  await failing('off', {});
  expect(await grant('long')).toMatchObject({
    status: 503,
    json: { detail: expect.stringContaining('gave no answer') },
  });
  later(stage, 60);
  await runReaper(stage);
  expect((await grantRow('long'))?.state).toBe('ended');
  expect((await grant('long')).status).toBe(201);
}, 60_000);

test('a connection that breaks with the answer is not taken for an answer: 503, then all is settled', async () => {
  await failing(1, { failCommands: ['createUser'], closeConnection: true });
  expect(await grant('cut')).toMatchObject({ status: 503, json: { code: 'host_unreachable' } });
  later(stage, 60);
  await runReaper(stage);
  expect((await grantRow('cut'))?.state).toBe('ended');
  const { status, json } = await grant('cut');
  expect([status, await login(json, 'cut')]).toEqual([201, 'in']);
}, 60_000);

test('a refusal is told by its name, and is not asked for again', async () => {
  await failing(1, { failCommands: ['createUser'], errorCode: 13 });
  const { status, json } = await grant('refused');
  expect([status, json.code]).toEqual([502, 'host_refused']);
  expect(json.detail).toContain('(createUser: Unauthorized)');
  expect(json.detail).not.toContain('you_example.com');
});

test('our own login that is refused is named', async () => {
  await registerHost('wrong.example', { host: '127.0.0.1', port: server.port, ...server.admin, password: 'wrong' });
  const users = mongoUsers();
  const asked = await stage.ask('POST', '/grants', {
    token: you,
    body: { host: 'wrong.example', db: 'a', role: 'read' },
  });
  expect([asked.status, asked.json.code]).toEqual([502, 'host_refused']);
  expect(asked.json.detail).toContain("wrong.example refuses mongogrant's own login");
  await users.close();
});

// Nothing here is an error of the driver's.
test.each([
  ['a record that is not in the DNS', { uri: 'mongodb+srv://nowhere.mongogrant.invalid/' }],
  ['a file that is not there', { uri: 'mongodb://127.0.0.1:1/?tls=true&tlsCAFile=/nowhere/ca.pem' }],
])(
  '%s is a fault of its host: 503, with its name',
  async (what, secret) => {
    const name = `${what.replaceAll(' ', '-').toLowerCase()}.example`;
    await registerHost(name, { ...server.admin, host: 'x', port: 1, ...secret });
    const asked = await stage.ask('POST', '/grants', { token: you, body: { host: name, db: 'a', role: 'read' } });
    expect([asked.status, asked.json.code, asked.headers['retry-after']]).toEqual([503, 'host_unreachable', '60']);
    expect(asked.json.detail).toContain(`${name} can't be found as its secret says`);
  },
  30_000,
);
