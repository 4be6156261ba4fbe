import { createServer, type Server } from 'node:net';
import { useMongod } from 'embedded-mongod/testing';
import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import { loginFault, serverCode } from '../../../shared/mongo/mongo-faults';
import { type Host, type Login, mongoServers } from '../../../shared/mongo/mongo-servers';

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
const listen = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
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

test('a host is called silent only if there was time for it to answer', async () => {
  const hole = createServer(() => undefined);
  const port = await listen(hole);
  const why = async (name: string, msLeft: number) => {
    const secret = { ...host.secret, port };
    const found = await fault(servers.command({ name, secret, deadline: Date.now() + msLeft }, 'admin', { ping: 1 }));
    return found instanceof HostUnreachable && found.why;
  };
  expect(await why('hole', 0)).toBe('time_up');
  expect(await why('hole', 600)).toBe('time_up');
  expect(await why('hole', 5100)).toBe('silent');
  hole.close();
}, 20_000);

test('a login is tried at the member itself: accepted, refused, or not to be asked', async () => {
  await server.admin.db('a').command({ createUser: 'ada', pwd: 'right', roles: [] });
  const ada = { user: 'ada', db: 'a', password: 'right', mechanism: 'SCRAM-SHA-256' as const };
  await servers.command(host, 'admin', { ping: 1 });
  const members = servers.members(host);
  expect(members).toEqual([`${server.host}:${server.port}`]);
  const answer = (change: Partial<Login>) => servers.tryLogin(host, members[0] ?? '', { ...ada, ...change });
  expect(await answer({})).toBe('accepted');
  expect(await answer({ mechanism: 'SCRAM-SHA-1' })).toBe('accepted');
  expect(await answer({ password: 'wrong' })).toBe('refused');
  expect(await answer({ user: 'nobody' })).toBe('refused');
  expect(await answer({ db: 'elsewhere' })).toBe('refused');
  await server.admin.db('a').command({ dropUser: 'ada' });
  expect(await answer({})).toBe('refused');
  const gone = `127.0.0.1:${await freePort()}`;
  expect(await servers.tryLogin(host, gone, ada)).toBe('unreachable');
  const unmet = { ...host, name: 'gone', secret: { ...host.secret, port: await freePort() } };
  expect(servers.members(unmet)).toEqual([]);
});

// Users of the Python server are named by their address, whatever signs that holds.
test('a login is tried under the exact name, whatever signs it holds', async () => {
  await servers.command(host, 'admin', { ping: 1 });
  for (const user of ['a=b@lab.org', 'a=2Cb_lab.org', 'a,b', "o'neil+x{}|/_lab.org_read"]) {
    await server.admin.db('a').command({ createUser: user, pwd: 'right', roles: [] });
    const answers = async (password: string) =>
      servers.tryLogin(host, servers.members(host)[0] ?? '', { user, db: 'a', password, mechanism: 'SCRAM-SHA-256' });
    expect([user, await answers('right'), await answers('wrong')]).toEqual([user, 'accepted', 'refused']);
    await server.admin.db('a').command({ dropUser: user });
    expect([user, await answers('right')]).toEqual([user, 'refused']);
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
