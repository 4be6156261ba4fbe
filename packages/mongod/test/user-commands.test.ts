import { type Document, Long, type MongoClient } from 'mongodb';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
/** Refused arguments: newer real servers parse them by other code, with other codes. */
/** The code of 5.0 and later, and that of those before it where it was another. */
const bad = (code: number, before = code) => (server.isAtLeast(5) ? code : before);

let db = '';
const asRoot = (command: Document): Promise<Document> => server.admin.db(db).command(command);
const newUser = (user: string, roles: unknown[] = [], more: Document = {}) =>
  asRoot({ createUser: user, pwd: `${user}-pw`, roles, ...more });
const as = (user: string): Promise<MongoClient> => server.connectAs(user, `${user}-pw`, db);

beforeEach(() => {
  db = server.newDb();
});

describe('updateUser', () => {
  test('case 1.16, 2.31 an unknown user is named without quotes', async () => {
    expect(await refusal(asRoot({ updateUser: 'ann', pwd: 'x' }))).toMatchObject({
      code: 11,
      message: `User ann@${db} not found`,
    });
  });

  test('case 2.30 the unknown role is found out before the unknown user', async () => {
    expect(await refusalCode(asRoot({ updateUser: 'ann', roles: ['fly'] }))).toBe(31);
  });

  test('needs something to change', async () => {
    await newUser('ann');
    expect(await refusalCode(asRoot({ updateUser: 'ann' }))).toBe(2);
  });

  test('changes what it names and leaves the rest', async () => {
    await newUser('ann', ['read'], { customData: { a: 1 } });
    const before = (await asRoot({ usersInfo: 'ann' })).users[0];
    await asRoot({ updateUser: 'ann', customData: { b: 2 } });
    const after = (await asRoot({ usersInfo: 'ann' })).users[0];
    expect(after).toEqual({ ...before, customData: { b: 2 } });
    await as('ann');
  });

  test('mechanisms alone can only be taken away', async () => {
    await newUser('ann', [], { mechanisms: ['SCRAM-SHA-256'] });
    expect(await refusalCode(asRoot({ updateUser: 'ann', mechanisms: ['SCRAM-SHA-1'] }))).toBe(2);
    await newUser('ben');
    await asRoot({ updateUser: 'ben', mechanisms: ['SCRAM-SHA-1'] });
    expect((await asRoot({ usersInfo: 'ben' })).users[0].mechanisms).toEqual(['SCRAM-SHA-1']);
    expect(await refusalCode(asRoot({ updateUser: 'nobody', mechanisms: ['SCRAM-SHA-1'] }))).toBe(11);
  });

  test('nobody changes their own password without the right to', async () => {
    await newUser('ann', ['readWrite']);
    const ann = await as('ann');
    expect(await refusalCode(ann.db(db).command({ updateUser: 'ann', pwd: 'mine' }))).toBe(13);
    const actions = ['changeOwnPassword', 'changeOwnCustomData'];
    await asRoot({ createRole: 'own', roles: [], privileges: [{ resource: { db, collection: '' }, actions }] });
    await asRoot({ grantRolesToUser: 'ann', roles: ['own'] });
    expect(await ann.db(db).command({ updateUser: 'ann', pwd: 'mine', customData: { a: 1 } })).toMatchObject({ ok: 1 });
    expect(await refusalCode(ann.db(db).command({ updateUser: 'ben', pwd: 'mine' }))).toBe(13);
    await server.connectAs('ann', 'mine', db);
  });

  test('case 1.54 beside dropUser, each takes effect or says that the user is gone', async () => {
    for (let round = 0; round < 5; round += 1) {
      await newUser('ann');
      const [update, drop] = await Promise.allSettled([
        asRoot({ updateUser: 'ann', pwd: 'new' }),
        asRoot({ dropUser: 'ann' }),
      ]);
      expect(drop.status).toBe('fulfilled');
      if (update.status === 'rejected') expect(update.reason.code).toBe(11);
      expect(await asRoot({ usersInfo: 'ann' })).toMatchObject({ users: [] });
    }
  });
});

describe('dropUser', () => {
  test('case 1.14, 1.15, 2.35 drops once, then names the unknown user in quotes', async () => {
    await newUser('ann');
    expect(await asRoot({ dropUser: 'ann' })).toEqual({ ok: 1 });
    expect(await refusal(asRoot({ dropUser: 'ann' }))).toMatchObject({
      code: 11,
      message: `User 'ann@${db}' not found`,
    });
    expect(await refusalCode(as('ann'))).toBe(18);
  });

  test('takes a name and nothing else', async () => {
    expect(await refusalCode(asRoot({ dropUser: 1 }))).toEqual(bad(14));
    expect(await refusalCode(asRoot({ dropUser: 'ann', colour: 'red' }))).toEqual(bad(40415, 2));
  });

  test('case 2.36 dropAllUsersFromDatabase counts (before 5.0 in a long), and leaves other databases alone', async () => {
    const other = server.newDb();
    await server.admin.db(other).command({ createUser: 'ann', pwd: 'x', roles: [] });
    await newUser('ann');
    await newUser('ben');
    const { n } = await server.admin.db(db).command({ dropAllUsersFromDatabase: 1 }, { promoteLongs: false });
    expect(n).toEqual(server.isAtLeast(5) ? 2 : Long.fromNumber(2));
    expect((await asRoot({ usersInfo: 1 })).users).toEqual([]);
    expect((await server.admin.db(other).command({ usersInfo: 1 })).users).toHaveLength(1);
  });
});

describe('grantRolesToUser and revokeRolesFromUser', () => {
  test('case 2.32 an unknown user comes before an unknown role', async () => {
    for (const name of ['grantRolesToUser', 'revokeRolesFromUser']) {
      const { code, message } = await refusal(asRoot({ [name]: 'ann', roles: ['fly'] }));
      expect(code).toBe(11);
      expect(message).toBe(`Could not find user "ann" for db "${db}"`);
    }
  });

  test('case 2.33 the list of roles is needed', async () => {
    await newUser('ann', ['read']);
    const { code, message } = await refusal(asRoot({ revokeRolesFromUser: 'ann', roles: [] }));
    expect(code).toBe(2);
    expect(message).toBe('revokeRolesFromUser command requires a non-empty "roles" array');
    expect(await refusalCode(asRoot({ revokeRolesFromUser: 'ann' }))).toEqual(bad(40414, 4));
    expect(await refusalCode(asRoot({ revokeRolesFromUser: 'ann', roles: 'read' }))).toEqual(bad(14));
    expect(await refusalCode(asRoot({ grantRolesToUser: 'ann', roles: ['fly'] }))).toBe(31);
  });

  test('case 2.34 a role that the user has not can be revoked', async () => {
    await newUser('ann', ['read']);
    expect(await asRoot({ revokeRolesFromUser: 'ann', roles: ['readWrite'] })).toMatchObject({ ok: 1 });
    expect((await asRoot({ usersInfo: 'ann' })).users[0].roles).toEqual([{ role: 'read', db }]);
  });

  test('a role is held once, however often it is granted', async () => {
    await newUser('ann', ['read']);
    await asRoot({ grantRolesToUser: 'ann', roles: ['read', { role: 'read', db }] });
    expect((await asRoot({ usersInfo: 'ann' })).users[0].roles).toEqual([{ role: 'read', db }]);
  });
});
