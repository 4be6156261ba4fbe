import { useMongod } from 'embedded-mongod/testing';
import { mongoServers } from '../../../shared/mongo/mongo-servers';
import { type Host, type MongoUsers, mongoUsers, type NewUser, type Tag } from '../../../shared/mongo/mongo-users';
import { memoryServers } from '../../support/memory-servers';
import { memoryUsers, type StoredUsers, member as twinMember, userId } from '../../support/memory-users';

const servers = mongoServers();
const real = mongoUsers(servers);
const root = () => server.admin.db('admin');
afterAll(async () => {
  await real.close();
  await root().command({ dropUser: 'mongogrant' });
});
// After what is above, so that it still answers then.
const server = useMongod();
const tag: Tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '2027-01-01T00:00:00.000Z', stack: 'lab' };
const login = { username: 'mongogrant', password: 'pw' };
let host: Host;
let db = '';

beforeAll(async () => {
  await root().command({ createUser: login.username, pwd: login.password, roles: ['root'] });
  host = { name: 'h.lab.org', secret: { host: server.host, port: server.port, ...login, authSource: 'admin' } };
});
beforeEach(() => {
  db = server.newDb();
});

const ada = () => ({ user: 'ada_lab.org_read', db });
const roles = () => [{ role: 'read', db }];

describe.each(['MongoDB', 'its twin in memory', 'the twin of its commands'])('%s', (name) => {
  const stored: StoredUsers = new Map();
  const twin = () =>
    name === 'its twin in memory' ? memoryUsers(stored) : mongoUsers(memoryServers(stored, { ...login }));
  const users: MongoUsers = name === 'MongoDB' ? real : twin();
  const create = (change: Partial<NewUser> = {}) =>
    users.create(host, { ...ada(), password: 'first', roles: roles(), tag, cidrs: [], ...change });
  /** What every member says to a login; a command goes first, as members are known from then on. */
  const answers = async (password = 'first') => {
    await users.owner(host, ada());
    const login = { ...ada(), password, mechanism: 'SCRAM-SHA-256' as const };
    const members = name === 'MongoDB' ? servers.members(host) : [twinMember];
    return Promise.all(members.map((member) => users.tryLogin(host, member, login)));
  };

  test('a user is there once it is created, with its tag and its password', async () => {
    expect(await users.owner(host, ada())).toEqual({ state: 'missing' });
    expect(await create()).toBe('created');
    expect(await users.owner(host, ada())).toMatchObject({
      grant: 'g1',
      mechanisms: expect.any(Array),
      on: await users.identify(host),
    });
    expect(await users.owner(host, { ...ada(), db: server.newDb() })).toEqual({ state: 'missing' });
    expect([await answers(), await answers('other')]).toEqual([['accepted'], ['refused']]);
  });

  test('a name that is taken is an answer, and the other user stays as it was', async () => {
    await create();
    expect(await create({ password: 'second', tag: { ...tag, grant: 'g2' } })).toBe('exists');
    expect(await users.owner(host, ada())).toMatchObject({
      grant: 'g1',
      mechanisms: expect.any(Array),
      on: await users.identify(host),
    });
    expect([await answers(), await answers('second')]).toEqual([['accepted'], ['refused']]);
  });

  test('a change leaves alone what it does not name', async () => {
    await create();
    expect(await users.update(host, ada(), { password: 'second' })).toBe('updated');
    expect(await users.owner(host, ada())).toMatchObject({
      grant: 'g1',
      mechanisms: expect.any(Array),
      on: await users.identify(host),
    });
    expect(await users.update(host, ada(), { tag: { ...tag, grant: 'g2' } })).toBe('updated');
    expect(await users.owner(host, ada())).toMatchObject({
      grant: 'g2',
      mechanisms: expect.any(Array),
      on: await users.identify(host),
    });
    expect([await answers(), await answers('second')]).toEqual([['refused'], ['accepted']]);
  });

  test('the number of a change is told with the tag beside which it stands, and a tag without one takes it away', async () => {
    const numberOf = async () => {
      const owner = await users.owner(host, ada());
      return owner.state === 'tagged' ? owner.change : owner.state;
    };
    await create();
    const told = [await numberOf()];
    for (const change of [{ tag, change: 1 }, { password: 'second' }, { tag, change: 2, password: 'third' }, { tag }]) {
      await users.update(host, ada(), change);
      told.push(await numberOf());
    }
    expect(told).toEqual([0, 1, 1, 2, 0]);
  });

  test('a user without our tag is foreign', async () => {
    const { user, db } = ada();
    if (name === 'MongoDB') await server.admin.db(db).command({ createUser: user, pwd: 'first', roles: [] });
    else stored.set(userId(ada()), { user, db, password: 'first', roles: [], cidrs: [] });
    expect(await users.owner(host, ada())).toEqual({ state: 'foreign' });
    expect([await create(), await answers()]).toEqual(['exists', ['accepted']]);
  });

  test('addresses restrict the login, can be moved, and an empty list lifts them', async () => {
    await create({ cidrs: ['203.0.113.0/24'] });
    expect(await answers()).toEqual(['refused']);
    await users.update(host, ada(), { cidrs: ['127.0.0.0/8', '::1'] });
    expect(await answers()).toEqual(['accepted']);
    await users.update(host, ada(), { cidrs: ['203.0.113.7'] });
    expect(await answers()).toEqual(['refused']);
    await users.update(host, ada(), { cidrs: [] });
    expect(await answers()).toEqual(['accepted']);
  });

  test('a locked user takes neither the old password nor, from here, the new one', async () => {
    await create();
    expect(await users.lock(host, ada(), 'locked')).toEqual({ left: [], mechanisms: ['SCRAM-SHA-256'] });
    expect([await answers(), await answers('locked')]).toEqual([['refused'], ['refused']]);
    await users.update(host, ada(), { cidrs: [] });
    expect([await answers(), await answers('locked')]).toEqual([['refused'], ['accepted']]);
  });

  test('taking roles and ending sessions may be repeated, and a user who is dropped is gone', async () => {
    await create();
    for (let time = 0; time < 2; time++) {
      expect(await users.revokeRoles(host, ada(), roles())).toBe('revoked');
      expect(await users.killSessions(host, ada())).toBe('killed');
    }
    expect(await answers()).toEqual(['accepted']);
    expect(await users.drop(host, ada())).toBe('dropped');
    expect([await users.owner(host, ada()), await answers()]).toEqual([{ state: 'missing' }, ['refused']]);
    expect(await create({ password: 'second' })).toBe('created');
  });

  test('each member says whether it knows a name', async () => {
    await create();
    expect(await users.whoKnows(host, ada())).toEqual({ there: true, members: [] });
    await users.drop(host, ada());
    const { there, members } = await users.whoKnows(host, ada());
    expect([there, members]).toEqual([false, [expect.objectContaining({ says: 'gone' })]]);
    expect(members[0]?.mechanisms).toContain('SCRAM-SHA-256');
    expect(await users.killSessionsLeft(host, ada())).toBe('killed');
    expect(await users.probe(host)).toEqual({ absent: [] });
  });

  test('a deployment is the same one again, and no other', async () => {
    const here = await users.identify(host);
    if (!here) throw new Error('it has no id');
    expect(await users.isDeployment(host, here)).toBe(true);
    expect(await users.isDeployment(host, { ...here, id: 'another' })).toBe(false);
  });

  test('a user that is not there is an answer to each command, and none is made', async () => {
    expect(await users.update(host, ada(), { password: 'x', tag })).toBe('missing');
    expect(await users.lock(host, ada(), 'x')).toBe('missing');
    expect(await users.revokeRoles(host, ada(), roles())).toBe('missing');
    expect(await users.killSessions(host, ada())).toBe('missing');
    expect(await users.drop(host, ada())).toBe('missing');
    expect([await users.owner(host, ada()), await answers()]).toEqual([{ state: 'missing' }, ['refused']]);
  });
});
