import type { Document } from 'mongodb';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
/** The code of 5.0 and later, and that of those before it where it was another. */
const bad = (code: number, before = code) => (server.isAtLeast(5) ? code : before);
/** What 5.0 and later say, and what those before it did. */
const since5 = <T, U>(now: T, before: U): T | U => (server.isAtLeast(5) ? now : before);
let db = '';
const asRoot = (command: Document): Promise<Document> => server.admin.db(db).command(command);
const rolesOf = async (user: string): Promise<string[]> =>
  (await asRoot({ usersInfo: user })).users[0].roles.map((role: Document) => role.role);
const finds = (collection = '') => ({ resource: { db, collection }, actions: ['find'] });

beforeEach(() => {
  db = server.newDb();
});

describe('createRole', () => {
  test('makes a role that holds what it names, and what it inherits', async () => {
    await asRoot({ createRole: 'inner', privileges: [finds('a')], roles: [] });
    await asRoot({ createRole: 'outer', privileges: [finds('b')], roles: ['inner'] });
    await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['outer'] });
    const ann = await server.connectAs('ann', 'pw', db);
    expect(await ann.db(db).command({ find: 'a' })).toMatchObject({ ok: 1 });
    expect(await ann.db(db).command({ find: 'b' })).toMatchObject({ ok: 1 });
    expect(await refusalCode(ann.db(db).command({ find: 'c' }))).toBe(13);
  });

  test.each<[string, () => Document, number, number?]>([
    ['case 2.40 the name of a built-in role', () => ({ createRole: 'read' }), 2],
    ['an empty name', () => ({ createRole: '' }), 2],
    ['no roles', () => ({ roles: undefined }), 40414, 2],
    ['no privileges', () => ({ privileges: undefined }), 40414, 2],
    ['itself', () => ({ roles: ['mine'] }), 49],
    ['a role of another database', () => ({ roles: [{ role: 'read', db: 'b' }] }), 49],
    ['an unknown role', () => ({ roles: ['fly'] }), 31],
    [
      'a privilege elsewhere',
      () => ({ privileges: [{ resource: { db: 'b', collection: '' }, actions: ['find'] }] }),
      49,
    ],
    ['a privilege on the cluster', () => ({ privileges: [{ resource: { cluster: true }, actions: ['inprog'] }] }), 49],
    ['a privilege without a resource', () => ({ privileges: [{ actions: ['find'] }] }), 9],
    ['a field that it does not know', () => ({ colour: 'red' }), 40415, 2],
  ])('refuses %s', async (_, change, code, before = code) => {
    const command = JSON.parse(JSON.stringify({ createRole: 'mine', roles: [], privileges: [], ...change() }));
    expect(await refusalCode(asRoot(command))).toEqual(bad(code, before));
    expect((await asRoot({ rolesInfo: 1 })).roles).toEqual([]);
  });

  test('refuses unknown actions by name', async () => {
    const privileges = [{ resource: { db, collection: '' }, actions: ['find', 'fly', 'swim'] }];
    const { code, message } = await refusal(asRoot({ createRole: 'mine', roles: [], privileges }));
    const words = { 2: 'Unrecognized actions: fly, swim', 9: 'Unrecognized action privilege strings: fly,swim' };
    expect({ code, message }).toEqual({ code: since5(2, 9), message: since5(words[2], words[9]) });
  });

  test('refuses a name that is taken, and a role in local', async () => {
    const command = { createRole: 'mine', roles: [], privileges: [] };
    await asRoot(command);
    expect(await refusal(asRoot(command))).toMatchObject({ code: 51002, message: `Role "mine@${db}" already exists` });
    expect(await refusalCode(server.admin.db('local').command(command))).toBe(2);
  });

  test('needs the right to grant what it holds', async () => {
    await asRoot({ createUser: 'uma', pwd: 'pw', roles: ['userAdmin'] });
    const uma = await server.connectAs('uma', 'pw', db);
    expect(await uma.db(db).command({ createRole: 'ok', roles: ['read'], privileges: [finds()] })).toMatchObject({
      ok: 1,
    });
    const elsewhere = [{ resource: { db: 'b', collection: '' }, actions: ['find'] }];
    expect(await refusalCode(uma.db(db).command({ createRole: 'no', roles: [], privileges: elsewhere }))).toBe(13);
    const cluster = [{ resource: { cluster: true }, actions: ['inprog'] }];
    expect(await refusalCode(uma.db(db).command({ createRole: 'no', roles: [], privileges: cluster }))).toBe(13);
  });
});

describe('dropRole', () => {
  test('case 2.37 keeps built-in roles', async () => {
    expect(await refusal(asRoot({ dropRole: 'read' }))).toMatchObject({
      code: since5(2, 49),
      message: `read@${db} is a built-in role and cannot be modified${since5('', '.')}`,
    });
  });

  test('case 2.38 names an unknown role', async () => {
    const { code, message } = await refusal(asRoot({ dropRole: 'fly' }));
    expect(code).toBe(31);
    expect(message).toBe(since5(`Could not find role: fly@${db}`, `No role named fly@${db}`));
  });

  test('case 2.39 takes the role from users and roles', async () => {
    await asRoot({ createRole: 'inner', roles: [], privileges: [finds()] });
    await asRoot({ createRole: 'outer', roles: ['inner'], privileges: [] });
    await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['inner', 'outer', 'read'] });
    await asRoot({ dropRole: 'inner' });
    expect((await rolesOf('ann')).sort()).toEqual(['outer', 'read']);
    expect((await asRoot({ rolesInfo: 'outer' })).roles[0].roles).toEqual([]);
  });

  test('all roles of a database go at once; users keep the names', async () => {
    await asRoot({ createRole: 'one', roles: [], privileges: [] });
    await asRoot({ createRole: 'two', roles: ['one'], privileges: [] });
    await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['two', 'read'] });
    expect(await asRoot({ dropAllRolesFromDatabase: 1 })).toMatchObject({ n: 2 });
    expect((await rolesOf('ann')).sort()).toEqual(['read', 'two']);
    expect(await refusalCode(asRoot({ grantRolesToUser: 'ann', roles: ['two'] }))).toBe(31);
  });
});

describe('a role that changes', () => {
  test('updateRole replaces what it names', async () => {
    await asRoot({ createRole: 'mine', roles: ['read'], privileges: [finds('a')] });
    await asRoot({ updateRole: 'mine', privileges: [finds('b')] });
    const { roles } = await asRoot({ rolesInfo: 'mine', showPrivileges: true });
    expect(roles[0]).toMatchObject({ roles: [{ role: 'read', db }], privileges: [finds('b')] });
    expect(await refusalCode(asRoot({ updateRole: 'mine' }))).toBe(2);
    expect(await refusalCode(asRoot({ updateRole: 'fly', roles: [] }))).toBe(31);
    expect(await refusalCode(asRoot({ updateRole: 'read', roles: [] }))).toBe(31);
  });

  test('updateRole needs the right to revoke everywhere', async () => {
    await asRoot({ createRole: 'mine', roles: [], privileges: [] });
    await asRoot({ createUser: 'uma', pwd: 'pw', roles: ['userAdmin'] });
    const uma = await server.connectAs('uma', 'pw', db);
    expect(await refusalCode(uma.db(db).command({ updateRole: 'mine', roles: [] }))).toBe(13);
  });

  test('roles go in and out, but never in a circle', async () => {
    for (const role of ['one', 'two']) await asRoot({ createRole: role, roles: [], privileges: [] });
    await asRoot({ grantRolesToRole: 'one', roles: ['two', 'read'] });
    expect(await refusalCode(asRoot({ grantRolesToRole: 'two', roles: ['one'] }))).toBe(49);
    await asRoot({ revokeRolesFromRole: 'one', roles: ['two'] });
    expect((await asRoot({ rolesInfo: 'one' })).roles[0].roles).toEqual([{ role: 'read', db }]);
    expect(await asRoot({ grantRolesToRole: 'two', roles: ['one'] })).toMatchObject({ ok: 1 });
  });

  test('privileges on one resource are added up and taken apart', async () => {
    const on = (...actions: string[]) => [{ resource: { db, collection: 'c' }, actions }];
    await asRoot({ createRole: 'mine', roles: [], privileges: on('find') });
    await asRoot({ grantPrivilegesToRole: 'mine', privileges: on('insert', 'find') });
    const privileges = async () => (await asRoot({ rolesInfo: 'mine', showPrivileges: true })).roles[0].privileges;
    expect(await privileges()).toEqual(on('find', 'insert'));
    await asRoot({ revokePrivilegesFromRole: 'mine', privileges: on('find') });
    expect(await privileges()).toEqual(on('insert'));
    await asRoot({ revokePrivilegesFromRole: 'mine', privileges: on('insert') });
    expect(await privileges()).toEqual([]);
  });
});

describe('rolesInfo', () => {
  test('shows roles by name, built-in ones too, and skips unknown ones', async () => {
    await asRoot({ createRole: 'mine', roles: ['read'], privileges: [finds('c')] });
    const { roles } = await asRoot({ rolesInfo: ['mine', 'read', 'fly'], showPrivileges: true });
    expect(roles).toHaveLength(2);
    expect(roles).toMatchObject([
      { role: 'mine', db, isBuiltin: false, roles: [{ role: 'read', db }], inheritedRoles: [{ role: 'read', db }] },
      { role: 'read', db, isBuiltin: true, roles: [], inheritedRoles: [] },
    ]);
    expect(roles[0].privileges).toEqual([finds('c')]);
    expect(roles[0].inheritedPrivileges.length).toBeGreaterThan(1);
  });

  test('lists the built-in roles of a database when asked to', async () => {
    const names = async (command: Document) => (await asRoot(command)).roles.map((role: Document) => role.role);
    expect(await names({ rolesInfo: 1 })).toEqual([]);
    const builtin = await names({ rolesInfo: 1, showBuiltinRoles: true });
    expect(builtin).toEqual(expect.arrayContaining(['dbAdmin', 'dbOwner', 'read', 'readWrite', 'userAdmin']));
    expect(builtin).not.toContain('root');
  });

  test('everybody may look at their own roles, and at no others', async () => {
    await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['read'] });
    const ann = await server.connectAs('ann', 'pw', db);
    expect((await ann.db(db).command({ rolesInfo: 'read' })).roles).toHaveLength(1);
    expect(await refusalCode(ann.db(db).command({ rolesInfo: 'readWrite' }))).toBe(13);
    expect(await refusalCode(ann.db(db).command({ rolesInfo: 1 }))).toBe(13);
  });
});

test('case 1.32 userAdmin manages users and reads nothing', async () => {
  await asRoot({ createUser: 'uma', pwd: 'pw', roles: ['userAdmin'] });
  const uma = await server.connectAs('uma', 'pw', db);
  expect(await refusalCode(uma.db(db).command({ find: 'c' }))).toBe(13);
  expect(await uma.db(db).command({ createUser: 'ann', pwd: 'x', roles: ['read'] })).toMatchObject({ ok: 1 });
  expect(
    await refusalCode(server.admin.db('elsewhere').command({ createUser: 'ann', pwd: 'x', roles: ['root'] })),
  ).toBe(31);
});

test('no role that people are given may act in the name of others; the one of the server itself may', async () => {
  await asRoot({ createUser: 'own', pwd: 'pw', roles: [{ role: '__system', db: 'admin' }] });
  const own = await server.connectAs('own', 'pw', db);
  const status = async (client: typeof own) =>
    (await client.db('admin').command({ connectionStatus: 1, showPrivileges: true })).authInfo
      .authenticatedUserPrivileges;
  const impersonates = (privileges: Document[]) =>
    privileges.some(({ actions }) => actions.includes('impersonate') || actions.includes('anyAction'));
  expect(impersonates(await status(server.admin))).toBe(false);
  expect(impersonates(await status(own))).toBe(true);
  expect(await own.db('local').command({ find: 'system.x' })).toMatchObject({ ok: 1 });
});
