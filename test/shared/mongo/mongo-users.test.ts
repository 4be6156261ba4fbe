import type { Server } from 'node:net';
import { refusalCode, useMongod } from 'embedded-mongod/testing';
import { type Host, mongoUsers, type NewUser, type Tag } from '../../../shared/mongo/mongo-users';

const users = mongoUsers();
const open: Server[] = [];
const admins: string[] = [];
afterAll(async () => {
  await users.close();
  for (const listener of open) listener.close();
  const root = server.admin.db('admin');
  await root.command({ dropUser: 'mongogrant' });
  for (const name of admins) await Promise.all([root.command({ dropUser: name }), root.command({ dropRole: name })]);
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
const create = (change?: Partial<NewUser>) => users.create(host, newUser(change));
const login = (password = 'first') => server.connectAs(ada().user, password, db);
const stored = async () => {
  const asked = { usersInfo: ada(), showAuthenticationRestrictions: true };
  return (await server.admin.db(db).command(asked)).users[0];
};
/** The same host under another admin, who may do exactly this. */
async function as(privileges: { db: string; actions: string[] }[]): Promise<Host> {
  const name = `admin_${db}`;
  admins.push(name);
  const own = privileges.map(({ db: of, actions }) => ({
    resource: of === 'cluster' ? { cluster: true } : { db: of, collection: '' },
    actions,
  }));
  await server.admin.db('admin').command({ createRole: name, privileges: own, roles: [] });
  await server.admin.db('admin').command({ createUser: name, pwd: 'pw', roles: [name] });
  return { name, secret: { ...host.secret, username: name, password: 'pw' } };
}

test('a user is created with its roles and tag, and can log in', async () => {
  expect(await create()).toBe('created');
  expect(await stored()).toMatchObject({ roles: [{ role: 'read', db }], customData: { mongogrant: tag } });
  const client = await login();
  expect(await client.db(db).collection('c').findOne()).toBeNull();
  expect(await refusalCode(client.db(db).collection('c').insertOne({ a: 1 }))).toBe(13);
});

test('a name that is taken is an answer, and the other user stays as it was', async () => {
  await create();
  const before = await stored();
  expect(await create({ password: 'second', tag: { ...tag, grant: 'g2' } })).toBe('exists');
  expect(await stored()).toEqual(before);
  await login('first');
});

test('a user may live in another database than the one that it is for', async () => {
  const other = server.newDb();
  expect(await create({ roles: [{ role: 'readWrite', db: other }] })).toBe('created');
  const client = await login();
  expect((await client.db(other).collection('c').insertOne({ a: 1 })).acknowledged).toBe(true);
  expect(await refusalCode(client.db(db).collection('c').findOne())).toBe(13);
});

test('a change of the password leaves roles, tag and addresses alone, a change of the tag the password', async () => {
  await create({ cidrs: ['127.0.0.1'] });
  const { customData, roles, authenticationRestrictions } = await stored();
  expect(await users.update(host, ada(), { password: 'second' })).toBe('updated');
  expect(await stored()).toMatchObject({ customData, roles, authenticationRestrictions });
  expect(await refusalCode(login('first'))).toBe(18);
  await login('second');
  expect(await users.update(host, ada(), { tag: { ...tag, expires: '2028-01-01T00:00:00.000Z' } })).toBe('updated');
  expect((await stored()).customData.mongogrant.expires).toBe('2028-01-01T00:00:00.000Z');
  await login('second');
});

test('addresses restrict the login, can be moved, and an empty list lifts them', async () => {
  await create({ cidrs: ['203.0.113.0/24', '2001:db8::/32'] });
  expect(await refusalCode(login())).toBe(18);
  await users.update(host, ada(), { cidrs: ['127.0.0.0/8', '::1'] });
  await login();
  await users.update(host, ada(), { cidrs: ['203.0.113.7'] });
  expect(await refusalCode(login())).toBe(18);
  await users.update(host, ada(), { cidrs: [] });
  await login();
});

test('a user that is not there is an answer to each command, and none is made', async () => {
  const roles = [{ role: 'read', db }];
  expect(await users.update(host, ada(), { password: 'x', tag })).toBe('missing');
  expect(await users.revokeRoles(host, ada(), roles)).toBe('missing');
  expect(await users.killSessions(host, ada())).toBe('missing');
  expect(await users.drop(host, ada())).toBe('missing');
  expect(await users.owner(host, ada())).toEqual({ state: 'missing' });
  expect(await stored()).toBeUndefined();
});

test('an owner is known by our tag alone', async () => {
  await create();
  expect(await users.owner(host, ada())).toMatchObject({ grant: 'g1' });
  const foreign = [{}, { mongogrant: 'g1' }, { mongogrant: {} }, { mongogrant: { grant: 1 } }, { grant: 'g1' }];
  for (const customData of foreign) {
    await server.admin.db(db).command({ updateUser: ada().user, customData });
    expect([customData, await users.owner(host, ada())]).toEqual([customData, { state: 'foreign' }]);
  }
  await server.admin.db(db).command({ createUser: 'plain', pwd: 'pw', roles: [] });
  expect(await users.owner(host, { user: 'plain', db })).toEqual({ state: 'foreign' });
  expect(await users.owner(host, { user: ada().user, db: server.newDb() })).toEqual({ state: 'missing' });
});

test('roles that are taken away are gone on open connections, and taking them twice is no fault', async () => {
  await create();
  const client = await login();
  const roles = [{ role: 'read', db }];
  expect(await users.revokeRoles(host, ada(), roles)).toBe('revoked');
  expect(await refusalCode(client.db(db).collection('c').findOne())).toBe(13);
  expect(await users.revokeRoles(host, ada(), roles)).toBe('revoked');
});

test('killed sessions take their cursors along, and nobody else’s', async () => {
  await server.admin
    .db(db)
    .collection<{ _id: number }>('c')
    .insertMany(Array.from({ length: 5 }, (_, _id) => ({ _id })));
  await create();
  const read = async (client: Awaited<ReturnType<typeof login>>) => {
    const cursor = client.db(db).collection('c').find({}, { batchSize: 2 });
    await cursor.next();
    return cursor;
  };
  const [own, other] = [await read(await login()), await read(server.admin)];
  expect(await users.killSessions(host, ada())).toBe('killed');
  expect(await refusalCode(own.toArray())).toBe(43);
  expect(await other.toArray()).toHaveLength(4);
});

test('a dropped user is gone', async () => {
  await create();
  expect(await users.drop(host, ada())).toBe('dropped');
  expect(await stored()).toBeUndefined();
  expect(await refusalCode(login())).toBe(18);
});

test('an admin with the least privileges can do all of it but kill and restrict', async () => {
  const actions = [
    'createUser',
    'dropUser',
    'grantRole',
    'revokeRole',
    'changePassword',
    'changeCustomData',
    'viewUser',
  ];
  const weak = await as([{ db, actions }]);
  expect(await users.create(weak, newUser())).toBe('created');
  expect(await users.update(weak, ada(), { password: 'second', tag })).toBe('updated');
  expect(await users.owner(weak, ada())).toMatchObject({ grant: 'g1' });
  expect(await users.killSessions(weak, ada())).toBe('not_offered');
  expect(await users.revokeRoles(weak, ada(), [{ role: 'read', db }])).toBe('revoked');
  await expect(users.update(weak, ada(), { cidrs: ['127.0.0.1'] })).rejects.toMatchObject({
    name: 'HostRefused',
    cause: { code: 13 },
  });
  expect(await users.drop(weak, ada())).toBe('dropped');
});

test('where the server only refuses to take roles, that is an answer; where it refuses to create or drop, it is a fault', async () => {
  const weak = await as([{ db, actions: ['viewUser'] }]);
  await create();
  expect(await users.revokeRoles(weak, ada(), [{ role: 'read', db }])).toBe('not_offered');
  for (const attempt of [
    users.create(weak, newUser({ user: 'other' })),
    users.update(weak, ada(), { password: 'x' }),
    users.drop(weak, ada()),
  ])
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ name: 'HostRefused', cause: { code: 13 } });
  await login('first');
});

test('a role that the host does not know is a fault, and makes no user', async () => {
  await expect(create({ roles: [{ role: 'nobody', db }] })).rejects.toMatchObject({
    name: 'HostRefused',
    cause: { code: 31 },
  });
  expect(await stored()).toBeUndefined();
});

test('a new login of ours in the secret is used from the next command on', async () => {
  const [old, renewed] = ['old', 'new'].map((password) => ({ ...host.secret, username: 'rotated', password }));
  const root = server.admin.db('admin');
  await root.command({ createUser: 'rotated', pwd: 'old', roles: ['root'] });
  const name = 'rotated.lab.org';
  expect(old && (await users.create({ name, secret: old }, newUser()))).toBe('created');
  await root.command({ updateUser: 'rotated', pwd: 'new' });
  expect(renewed && (await users.drop({ name, secret: renewed }, ada()))).toBe('dropped');
  await root.command({ dropUser: 'rotated' });
});
