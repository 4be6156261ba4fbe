import { BSON, type Document, type Long } from 'mongodb';
import { clientOf, newUser, type TestUser } from './support/mongod-users';
import { login } from './support/scram-client';
import { refusal, refusalCode, useMongod } from './support/use-mongod';
import type { WireClient } from './support/wire-client';

const server = useMongod();
const newSession = () => ({ id: new BSON.UUID() });

async function reader(): Promise<TestUser> {
  const user = await newUser(server, ['read']);
  await user.db.collection('things').insertMany([1, 2, 3, 4, 5].map((n) => ({ _id: n })) as Document[]);
  return user;
}

/** A bare connection, logged in as the user. */
async function wireAs({ user, password, db }: TestUser): Promise<WireClient> {
  const wire = await server.wire();
  await login(wire, { user, password, db: db.databaseName });
  return wire;
}

/** Opens a cursor with results left, and gives its id. */
async function openCursor(wire: WireClient, { db }: TestUser, fields: Document = {}): Promise<Long> {
  const reply = await wire.command({ find: 'things', batchSize: 2, ...fields, $db: db.databaseName });
  expect(reply).toMatchObject({ ok: 1, cursor: { ns: `${db.databaseName}.things` } });
  expect(reply.cursor.firstBatch).toHaveLength(2);
  return BSON.Long.fromBigInt(BigInt(String(reply.cursor.id)));
}

const getMore = (wire: WireClient, { db }: TestUser, id: Long, fields: Document = {}) =>
  wire.command({ getMore: id, collection: 'things', ...fields, $db: db.databaseName });

test('a find comes in batches, and its cursor is gone after the last', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const id = await openCursor(wire, user);
  const second = await getMore(wire, user, id, { batchSize: 2 });
  expect(second.cursor.nextBatch).toEqual([{ _id: 3 }, { _id: 4 }]);
  const last = await getMore(wire, user, id, { batchSize: 2 });
  expect(last.cursor.nextBatch).toEqual([{ _id: 5 }]);
  expect(String(last.cursor.id)).toBe('0');
  expect(await getMore(wire, user, id)).toMatchObject({ ok: 0, code: 43 });
});

test('the driver reads a thousand documents, in batches of its own choice', async () => {
  const user = await newUser(server, ['readWrite']);
  const things = (await clientOf(server, user)).db(user.db.databaseName).collection('things');
  await things.insertMany(Array.from({ length: 1000 }, (_, n) => ({ n })));
  const found = await things.find({}, { sort: { n: -1 }, batchSize: 7 }).toArray();
  expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 1000 }, (_, n) => 999 - n));
});

test('killCursors ends one; another user may not', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const id = await openCursor(wire, user);
  const other = await wireAs(await newUser(server, ['read'], user.db));
  const kill = { killCursors: 'things', cursors: [id], $db: user.db.databaseName };
  expect(await other.command(kill)).toMatchObject({ ok: 0, code: 13 });
  const unknown = BSON.Long.fromNumber(12345);
  const reply = await wire.command({ ...kill, cursors: [id, unknown] });
  expect(reply).toMatchObject({ ok: 1, cursorsAlive: [], cursorsUnknown: [] });
  expect(reply.cursorsKilled.map(String)).toEqual([String(id)]);
  expect(reply.cursorsNotFound.map(String)).toEqual([String(unknown)]);
  expect(await getMore(wire, user, id)).toMatchObject({ code: 43 });
});

test('case 1.42, 2.54 the cursor of a dropped user gives nothing more', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const lsid = newSession();
  const id = await openCursor(wire, user, { lsid });
  await user.db.command({ dropUser: user.user });
  const reply = await getMore(wire, user, id, { lsid });
  expect(reply).toMatchObject({ ok: 0, code: 13 });
  expect(reply.errmsg).toBe('command getMore requires authentication');
});

test('case 1.46 a foreign cursor gives nothing', async () => {
  const user = await reader();
  const id = await openCursor(await wireAs(user), user);
  const other = await wireAs(await newUser(server, ['read'], user.db));
  const reply = await getMore(other, user, id);
  expect(reply).toMatchObject({ ok: 0, code: 13 });
  expect(reply.errmsg).toBe(`cursor id ${id} was not created by the authenticated user`);
});

test('case 2.53 a cursor gives nothing to its owner who lost the role', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const id = await openCursor(wire, user);
  await user.db.command({ revokeRolesFromUser: user.user, roles: ['read'] });
  const reply = await getMore(wire, user, id);
  expect(reply).toMatchObject({ ok: 0, code: 13 });
  expect(reply.errmsg).toBe(`not authorized for getMore with cursor id ${id}`);
});

test('a cursor belongs to a name: the next user of that name can read on', async () => {
  const user = await reader();
  const id = await openCursor(await wireAs(user), user);
  await user.db.command({ dropUser: user.user });
  await user.db.command({ createUser: user.user, pwd: user.password, roles: ['read'] });
  expect(await getMore(await wireAs(user), user, id)).toMatchObject({ ok: 1 });
});

test('case 2.65 a cursor goes on in its own session only', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const lsid = newSession();
  const inSession = await openCursor(wire, user, { lsid });
  expect(await getMore(wire, user, inSession, { lsid: newSession() })).toMatchObject({
    ok: 0,
    code: 13,
    errmsg: expect.stringMatching(
      /^Cursor session id \(.+\) is not the same as the operation context's session id \(.+\)$/,
    ),
  });
  expect(await getMore(wire, user, inSession)).toMatchObject({ ok: 0, code: 13 });
  const without = await openCursor(wire, user);
  expect(await getMore(wire, user, without, { lsid })).toMatchObject({ ok: 0, code: 13 });
  expect(await getMore(wire, user, inSession, { lsid })).toMatchObject({ ok: 1 });
});

test('a cursor is asked for on its own collection', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const id = await openCursor(wire, user);
  expect(await getMore(wire, user, id, { collection: 'others' })).toMatchObject({ ok: 0, code: 13 });
});

test('a read of too many documents for one message is cut', async () => {
  const { db } = await newUser(server, []);
  const text = 'x'.repeat(5 * 2 ** 20);
  for (let n = 0; n < 5; n += 1) await db.collection('large').insertOne({ text });
  const reply = await db.command({ find: 'large' });
  expect(reply.cursor.firstBatch).toHaveLength(3);
  expect(await db.collection('large').find().toArray()).toHaveLength(5);
});

test('a skip or limit below 0 is refused, unless it is the old form of a single batch', async () => {
  const user = await reader();
  expect(await refusalCode(user.db.command({ find: 'things', skip: -1 }))).toBe(server.isAtLeast(5) ? 51024 : 2);
  expect((await refusal(user.db.command({ find: 'things', filter: { $nope: 1 } }))).code).toBe(2);
});
