import { createServer } from 'node:net';
import { HostRefused, HostUnreachable } from '../../shared/errors';
import { type Host, loginFault, mongoServers, serverCode } from '../../shared/mongo-servers';
import { useMongod } from '../support/mongod';

const servers = mongoServers();
afterAll(async () => {
  await servers.close();
  await server.admin.db('admin').command({ dropUser: admin.username });
});
// After what is above, so that it still answers then.
const server = useMongod();
let host: Host;
const admin = { username: 'boss', password: 'hunter2' };

beforeAll(async () => {
  const { host: address, port } = server;
  await server.admin.db('admin').command({ createUser: admin.username, pwd: admin.password, roles: [] });
  host = { name: 'h.lab.org', secret: { host: address, port, ...admin, authSource: 'admin' } };
});

const fault = (attempt: Promise<unknown>) => attempt.then(String, (error: unknown) => error);
/** The same host, reached in another way. */
const other = (change: Partial<Host['secret']>): Host => {
  return { name: JSON.stringify(change), secret: { ...host.secret, ...change } };
};
const freePort = () =>
  new Promise<number>((resolve) => {
    const gone = createServer().listen(0, '127.0.0.1', () => {
      const address = gone.address();
      gone.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

test('a command is answered with all that the server says', async () => {
  expect(await servers.command(host, 'admin', { connectionStatus: 1 })).toMatchObject({
    ok: 1,
    authInfo: { authenticatedUsers: [{ user: admin.username, db: 'admin' }] },
  });
});

test('what the server refuses carries its code, and is no fault of the login', async () => {
  const refused = await fault(servers.command(host, 'admin', { usersInfo: 1 }));
  expect(refused).toBeInstanceOf(HostRefused);
  expect([serverCode(refused), loginFault(refused)]).toEqual([13, undefined]);
  const unknown = await fault(servers.command(host, 'admin', { noSuchCommand: 1 }));
  expect([serverCode(unknown), loginFault(unknown)]).toEqual([59, undefined]);
});

test('a login is tried at the member itself: accepted, refused, or not to be asked', async () => {
  await server.admin.db('a').command({ createUser: 'ada', pwd: 'right', roles: [] });
  const ada = { user: 'ada', db: 'a', password: 'right' };
  const answers = async (change: Partial<typeof ada>) =>
    (await servers.tryLogin(host, { ...ada, ...change })).map(({ answer }) => answer);
  await servers.command(host, 'admin', { ping: 1 });
  expect(await servers.tryLogin(host, ada)).toEqual([{ member: `${server.host}:${server.port}`, answer: 'accepted' }]);
  expect(await answers({ password: 'wrong' })).toEqual(['refused']);
  expect(await answers({ user: 'nobody' })).toEqual(['refused']);
  expect(await answers({ db: 'elsewhere' })).toEqual(['refused']);
  await server.admin.db('a').command({ dropUser: 'ada' });
  expect(await answers({})).toEqual(['refused']);
  const gone = { ...host, secret: { ...host.secret, port: await freePort() } };
  expect(await servers.tryLogin({ ...gone, name: 'gone' }, ada)).toEqual([]);
});

// Users of the Python server are named by their address, whatever signs that holds.
test('a login is tried under the exact name, whatever signs it holds', async () => {
  await servers.command(host, 'admin', { ping: 1 });
  for (const user of ['a=b@lab.org', 'a=2Cb_lab.org', 'a,b', "o'neil+x{}|/_lab.org_read"]) {
    await server.admin.db('a').command({ createUser: user, pwd: 'right', roles: [] });
    const answers = async (password: string) =>
      (await servers.tryLogin(host, { user, db: 'a', password })).map(({ answer }) => answer);
    expect([user, await answers('right'), await answers('wrong')]).toEqual([user, ['accepted'], ['refused']]);
    await server.admin.db('a').command({ dropUser: user });
    expect([user, await answers('right')]).toEqual([user, ['refused']]);
  }
});

test('why the login does not get through is told apart', async () => {
  const cases: [Partial<Host['secret']>, ReturnType<typeof loginFault>][] = [
    [{ password: 'wrong' }, { reason: 'login_refused' }],
    [{ authSource: 'elsewhere' }, { reason: 'login_refused' }],
    [{ port: await freePort() }, { reason: 'unreachable', code: 'ECONNREFUSED' }],
    [{ uri: 'mongodb://127.0.0.1/?tls=perhaps' }, { reason: 'bad_secret' }],
    [{ uri: 'mongodb://127.0.0.1/?loadBalanced=true&replicaSet=rs0' }, { reason: 'bad_secret' }],
  ];
  const found = await Promise.all(
    cases.map(async ([change, expected]) => {
      const unreachable = await fault(servers.command(other(change), 'admin', { ping: 1 }));
      expect(unreachable).toBeInstanceOf(HostUnreachable);
      return [change, loginFault(unreachable), expected];
    }),
  );
  for (const [change, reason, expected] of found) expect([change, reason]).toEqual([change, expected]);
});

test('a fault that comes from somewhere else says nothing about a host', () => {
  expect([serverCode(new Error('13')), loginFault(new Error('ECONNREFUSED'))]).toEqual([undefined, undefined]);
});
