import { createServer, connect as dial, type Server } from 'node:net';
import { useMongod } from 'embedded-mongod/testing';
import { HostUnreachable } from '../../../shared/contract/errors';
import { type Host, mongoUsers, type NewUser, type Tag } from '../../../shared/mongo/mongo-users';

const users = mongoUsers();
const open: Server[] = [];
afterAll(async () => {
  await users.close();
  for (const listener of open) listener.close();
  await server.admin.db('admin').command({ dropUser: 'mongogrant' });
});
// After what is above, so that it still answers then.
const server = useMongod();
let host: Host;
let db = '';
const tag: Tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '2027-01-01T00:00:00.000Z', stack: 'lab' };

beforeAll(async () => {
  const login = { username: 'mongogrant', password: 'p:/?#[]@%25+ ü' };
  await server.admin.db('admin').command({ createUser: login.username, pwd: login.password, roles: ['root'] });
  const { host: address, port } = server;
  host = { name: 'h.lab.org', secret: { host: address, port, ...login, authSource: 'admin' } };
});
beforeEach(() => {
  db = server.newDb();
});
const ada = () => ({ user: 'ada_lab.org_read', db });
const newUser = (change: Partial<NewUser> = {}): NewUser => {
  return { ...ada(), password: 'first', roles: [{ role: 'read', db }], tag, cidrs: [], ...change };
};
const login = (password = 'first') => server.connectAs(ada().user, password, db);
const stored = async () => {
  const asked = { usersInfo: ada(), showAuthenticationRestrictions: true };
  return (await server.admin.db(db).command(asked)).users[0];
};

/** Hands everything on to the server until the client says this word: then it hangs up, at once or in place of the answer. */
function relay(word: string, handsOn: boolean): Promise<Host> {
  const listener = createServer((client) => {
    const upstream = dial(server.port, server.host).on('error', () => {});
    let over = false;
    upstream.on('data', (chunk) => (over ? client.destroy() : client.write(chunk)));
    client.on('data', (chunk) => {
      over ||= chunk.includes(word);
      if (!over || handsOn) upstream.write(chunk);
      else client.destroy();
    });
    client.on('error', () => {}).on('close', () => upstream.destroy());
  });
  open.push(listener);
  return new Promise((resolve) => {
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ name: `relay-${word}`, secret: { ...host.secret, host: '127.0.0.1', port } });
    });
  });
}

const fault = (attempt: Promise<unknown>) => attempt.then(String, (error: unknown) => error);

test('a host that hangs up during a command may have carried it out', async () => {
  const unreachable = await fault(users.create(await relay('createUser', true), newUser()));
  expect(unreachable).toBeInstanceOf(HostUnreachable);
  expect(unreachable).toMatchObject({ host: 'relay-createUser', sent: true });
  await login('first');
  expect(await fault(users.drop(await relay('dropUser', false), ada()))).toMatchObject({ sent: true });
  expect(await fault(users.owner(await relay('usersInfo', false), ada()))).toBeInstanceOf(HostUnreachable);
});

test('a host that cannot be reached, that hangs up at once, or that refuses our own login was never sent anything', async () => {
  const gone = createServer();
  const closed = await new Promise<number>((resolve) => {
    gone.listen(0, '127.0.0.1', () => {
      const address = gone.address();
      gone.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
  const at = (change: Partial<Host['secret']>): Host => {
    const name = JSON.stringify(change);
    return { name, secret: { ...host.secret, ...change } };
  };
  const hosts = [
    at({ port: closed }),
    at({ password: 'wrong' }),
    at({ username: 'nobody' }),
    at({ authSource: 'test' }),
    at({ ssl: true }),
    at({ replicaSet: 'rs0' }),
    at({ uri: 'mongodb://127.0.0.1/?tls=perhaps' }),
    await relay('saslStart', false),
    await relay('hello', false),
  ];
  const faults = await Promise.all(hosts.map((one) => fault(users.create(one, newUser()))));
  expect(faults.map((one) => one instanceof HostUnreachable && [one.host, one.sent])).toEqual(
    hosts.map(({ name }) => [name, false]),
  );
  expect(await stored()).toBeUndefined();
});
