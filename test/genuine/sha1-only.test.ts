import * as v from 'valibot';
import { checkHost } from '../../client/admin/hosts/check-host';
import { type Host, type Login, mongoServers } from '../../shared/mongo/mongo-servers';
import { endedRow } from '../../shared/store/grants/row';
import { type Genuine, startGenuine } from '../support/genuine/start-genuine';
import { openStage, registerHost, type Stage } from '../support/stage';
import { grantRow } from './set-stage';

const name = 'sha1.example';
const servers = mongoServers();
let stage: Stage;
let server: Genuine;
let host: Host;
/** The mechanisms with which the service itself tried logins. */
const tried: Login['mechanism'][] = [];
beforeAll(async () => {
  [stage, server] = await Promise.all([
    openStage(),
    startGenuine({ parameters: { authenticationMechanisms: 'SCRAM-SHA-1' } }),
  ]);
  const login = { host: '127.0.0.1', port: server.port, ...server.admin };
  await registerHost(name, login);
  host = { name, secret: { ...login, authSource: 'admin' } };
  const { tryLogin } = stage.deps.users;
  const listen: typeof tryLogin = (at, member, login) => {
    tried.push(login.mechanism);
    return tryLogin(at, member, login);
  };
  Object.assign(stage.deps.users, { tryLogin: listen });
}, 120_000);
afterAll(() => Promise.all([servers.close(), stage.close(), server.close()]));

test('a login there is given, revoked, and its proof names the server', async () => {
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: name, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  const token = await stage.tokenFor('you@example.com');
  const body = { host: name, db: 'notes', role: 'readWrite' };
  expect((await stage.ask('POST', '/grants', { token, body })).status).toBe(201);
  expect((await stage.ask('DELETE', `/grants?host=${name}&db=notes`, { token })).json).toMatchObject({
    revoked: [{ db: 'notes' }],
    pending: [],
  });
  const { state, proof } = v.parse(endedRow, (await grantRow('notes')) ?? { pk: '', sk: '' });
  expect([state, tried, proof]).toEqual([
    'ended',
    ['SCRAM-SHA-1'],
    expect.objectContaining({ unknownTo: [server.address], refusedBy: [server.address], notAsked: [], leftOut: [] }),
  ]);
});

test('SCRAM-SHA-256 is refused there even to who lives and has the right password, so it would prove nothing', async () => {
  const login = { user: 'ada', db: 'notes', password: 'hunter2' };
  const client = server.client();
  await client.db(login.db).command({ createUser: login.user, pwd: login.password, roles: [] });
  await client.close();
  const trial = (mechanism: Login['mechanism'], change: Partial<Login> = {}) =>
    servers.tryLogin(host, server.address, { ...login, mechanism, ...change });
  expect(await trial('SCRAM-SHA-256')).toBe('refused');
  expect(await trial('SCRAM-SHA-1')).toBe('accepted');
  expect(await trial('SCRAM-SHA-1', { password: 'wrong' })).toBe('refused');
});

test('the check says that SCRAM-SHA-1 is all that is offered', async () => {
  const report = await checkHost(servers, { host, databases: 'any' }, new Date());
  expect(report).toMatchObject({
    state: 'checked',
    verdict: 'ready',
    notes: expect.arrayContaining([expect.stringMatching(/^SCRAM-SHA-1 is all that is offered/)]),
  });
});
