import { BSON, type Document } from 'mongodb';
import { login } from './support/scram-client';
import { refusalCode, useMongod } from './support/use-mongod';
import type { WireClient } from './support/wire-client';

const server = useMongod();
/** Addresses that no test comes from. */
const nowhere = [{ clientSource: ['203.0.113.7'] }];
const requiresLogin = { ok: 0, code: 13, errmsg: expect.stringMatching(/^command find requires authentication$/i) };
const nobodyThere = { ok: 0, code: 13, errmsg: expect.stringMatching(/^command \w+ requires authentication$/) };

let db = '';
let wire: WireClient;
const asRoot = (command: Document): Promise<Document> => server.admin.db(db).command(command);
const find = (more: Document = {}) => wire.command({ find: 'c', ...more, $db: db });
const withSession = () => ({ lsid: { id: new BSON.UUID() } });
const whoIsThere = async () => (await wire.command({ connectionStatus: 1, $db: db })).authInfo;

beforeEach(async () => {
  db = server.newDb();
  await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['read'] });
  wire = await server.wire();
  await login(wire, { user: 'ann', password: 'pw', db });
  expect(await find()).toMatchObject({ ok: 1 });
});

test('case 1.35, 2.48, 2.49 a dropped user is out at the next command', async () => {
  await asRoot({ dropUser: 'ann' });
  expect(await find(withSession())).toMatchObject(nobodyThere);
  expect(await find()).toMatchObject(requiresLogin);
});

test('a user dropped with all others of the database is out too', async () => {
  await asRoot({ dropAllUsersFromDatabase: 1 });
  expect(await find()).toMatchObject(requiresLogin);
});

test('case 1.36 a user made again is another one', async () => {
  await asRoot({ dropUser: 'ann' });
  await asRoot({ createUser: 'ann', pwd: 'pw', roles: ['read'] });
  expect(await find()).toMatchObject(requiresLogin);
  await login(wire, { user: 'ann', password: 'pw', db });
  expect(await find()).toMatchObject({ ok: 1 });
});

test('case 2.50 the socket of a dropped user stays open, with nobody logged in', async () => {
  await asRoot({ dropUser: 'ann' });
  expect(await whoIsThere()).toEqual({ authenticatedUsers: [], authenticatedUserRoles: [] });
  expect(await wire.command({ ping: 1, $db: db })).toMatchObject({ ok: 1 });
});

test('case 1.37, 2.52 a new password ends no connection, only further logins with the old one', async () => {
  await asRoot({ updateUser: 'ann', pwd: 'new' });
  expect(await find(withSession())).toMatchObject({ ok: 1 });
  expect(await refusalCode(server.connectAs('ann', 'pw', db))).toBe(18);
  await server.connectAs('ann', 'new', db);
});

test('case 1.38 without roles the user is still logged in, and may do next to nothing', async () => {
  await asRoot({ revokeRolesFromUser: 'ann', roles: ['read'] });
  const refused = await find();
  expect(refused).toMatchObject({ ok: 0, code: 13 });
  expect(refused.errmsg).toMatch(`not authorized on ${db} to execute command { find: "c"`);
  expect(await whoIsThere()).toEqual({ authenticatedUsers: [{ user: 'ann', db }], authenticatedUserRoles: [] });
  expect(await wire.command({ listDatabases: 1, $db: 'admin' })).toMatchObject({ ok: 1, databases: [] });
});

test('case 1.39 new roles work at once', async () => {
  await asRoot({ grantRolesToUser: 'ann', roles: [{ role: 'read', db: 'b' }] });
  expect(await wire.command({ find: 'c', $db: 'b' })).toMatchObject({ ok: 1 });
});

test('a role that changes works at once', async () => {
  const privileges = [{ resource: { db, collection: 'hidden' }, actions: ['find'] }];
  await asRoot({ createRole: 'mine', roles: [], privileges });
  await asRoot({ updateUser: 'ann', roles: ['mine'] });
  expect(await wire.command({ find: 'hidden', $db: db })).toMatchObject({ ok: 1 });
  await asRoot({ updateRole: 'mine', privileges: [] });
  expect(await wire.command({ find: 'hidden', $db: db })).toMatchObject({ ok: 0, code: 13 });
});

test('case 1.40 a user who may no longer come from here is out', async () => {
  await asRoot({ updateUser: 'ann', authenticationRestrictions: nowhere });
  expect(await find(withSession())).toMatchObject(nobodyThere);
  expect(await find()).toMatchObject(requiresLogin);
});

test('case 2.51 and stays out when the restriction is lifted', async () => {
  await asRoot({ updateUser: 'ann', authenticationRestrictions: nowhere });
  expect(await find()).toMatchObject({ ok: 0, code: 13 });
  await asRoot({ updateUser: 'ann', authenticationRestrictions: [] });
  expect(await find()).toMatchObject(requiresLogin);
  await login(wire, { user: 'ann', password: 'pw', db });
  expect(await find()).toMatchObject({ ok: 1 });
});

test('a role that may not be used from here puts its users out', async () => {
  const role = { createRole: 'far', roles: [], privileges: [], authenticationRestrictions: nowhere };
  await asRoot(role);
  await asRoot({ createRole: 'through', roles: ['far'], privileges: [] });
  await asRoot({ grantRolesToUser: 'ann', roles: ['through'] });
  expect(await find()).toMatchObject(requiresLogin);
  expect(await login(wire, { user: 'ann', password: 'pw', db })).toMatchObject({ ok: 0, code: 18 });
});

test('case 2.54 the cursor of a dropped user can not be read on', async () => {
  await server.admin.db(db).collection('c').insertMany([{}, {}, {}]);
  const session = withSession();
  const { cursor } = await find({ batchSize: 1, ...session });
  await asRoot({ dropUser: 'ann' });
  const more = { getMore: BSON.Long.fromBigInt(BigInt(cursor.id)), collection: 'c', $db: db };
  expect(await wire.command({ ...more, ...session })).toMatchObject(nobodyThere);
  expect(await wire.command(more)).toMatchObject({ ok: 0, code: 13 });
});
