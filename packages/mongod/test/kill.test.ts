import { BSON, type Document } from 'mongodb';
import { clientOf, newUser, type TestUser, uidOf } from './support/mongod-users';
import { login } from './support/scram-client';
import { refusal, refusalCode, runningOperation, useMongod } from './support/use-mongod';
import type { WireClient } from './support/wire-client';

const server = useMongod();
const newSession = () => ({ id: new BSON.UUID() });
const admin = () => server.admin.db('admin');

async function reader(): Promise<TestUser> {
  const user = await newUser(server, ['readWrite']);
  await user.db.collection('things').insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
  return user;
}

async function wireAs({ user, password, db }: TestUser): Promise<WireClient> {
  const wire = await server.wire();
  await login(wire, { user, password, db: db.databaseName });
  return wire;
}

/** A find that waits at each of three documents. */
const slowFind = ({ db }: TestUser, milliseconds: number, fields: Document = {}): Document => ({
  find: 'things',
  filter: { $where: `sleep(${milliseconds}) || true` },
  ...fields,
  $db: db.databaseName,
});

const quickFind = ({ db }: TestUser, fields: Document = {}): Document => ({
  find: 'things',
  batchSize: 2,
  ...fields,
  $db: db.databaseName,
});

describe('killAllSessions', () => {
  test('case 1.43 is refused to an admin of users only', async () => {
    const user = await reader();
    const weak = await clientOf(
      server,
      await newUser(server, [{ role: 'userAdminAnyDatabase', db: 'admin' }], admin()),
    );
    expect(await refusalCode(weak.db('admin').command({ killAllSessions: [user.name] }))).toBe(13);
    await admin().command({ dropUser: weak.options.credentials?.username });
  });

  test('case 1.44, 2.61 ends the cursors of the sessions; the connection stays logged in', async () => {
    const user = await reader();
    const wire = await wireAs(user);
    const lsid = newSession();
    const { cursor } = await wire.command(quickFind(user, { lsid }));
    await admin().command({ killAllSessions: [user.name] });
    const getMore = { getMore: BSON.Long.fromBigInt(BigInt(String(cursor.id))), collection: 'things' };
    const reply = await wire.command({ ...getMore, lsid, $db: user.db.databaseName });
    expect(reply).toMatchObject({ ok: 0, code: 43, codeName: 'CursorNotFound' });
    expect(await wire.command(quickFind(user, { lsid: newSession() }))).toMatchObject({ ok: 1 });
  });

  test('case 1.45, 2.60 interrupts what runs in a session, not what runs without', async () => {
    const user = await reader();
    const [inSession, without] = [await wireAs(user), await wireAs(user)];
    const ended = inSession.command(slowFind(user, 100_000, { lsid: newSession() }));
    const lasting = without.command(slowFind(user, 300));
    await runningOperation(server.admin, user.user, { lsid: { $exists: true } });
    await runningOperation(server.admin, user.user, { lsid: { $exists: false } });
    await admin().command({ killAllSessions: [user.name] });
    expect(await ended).toMatchObject({ ok: 0, code: 11601, codeName: 'Interrupted' });
    expect((await lasting).cursor.firstBatch).toHaveLength(3);
    expect(await inSession.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  });

  test('case 2.55 what runs when its user is dropped runs to its end', async () => {
    const user = await reader();
    const wire = await wireAs(user);
    const running = wire.command(slowFind(user, 200, { lsid: newSession() }));
    await runningOperation(server.admin, user.user);
    await user.db.command({ dropUser: user.user });
    expect((await running).cursor.firstBatch).toHaveLength(3);
    expect(await wire.command(quickFind(user))).toMatchObject({ ok: 0, code: 13 });
  });

  test('case 2.56 of a user who does not exist is an error', async () => {
    const { db } = await reader();
    const { code, message } = await refusal(
      admin().command({ killAllSessions: [{ user: 'no', db: db.databaseName }] }),
    );
    expect(code).toBe(11);
    if (server.embedded) expect(message).toBe(`Could not find user "no" for db "${db.databaseName}"`);
  });

  test("case 2.57 of a user who has none is fine, and leaves others' alone", async () => {
    const user = await reader();
    const other = await newUser(server, ['read'], user.db);
    const wire = await wireAs(user);
    const running = wire.command(slowFind(user, 200, { lsid: newSession() }));
    await runningOperation(server.admin, user.user);
    expect(await admin().command({ killAllSessions: [other.name] })).toMatchObject({ ok: 1 });
    expect(await running).toMatchObject({ ok: 1 });
  });

  test('with an empty list ends those of everybody', async () => {
    // A real server may have others at work on it.
    if (!server.embedded) return;
    const user = await reader();
    const running = (await wireAs(user)).command(slowFind(user, 100_000, { lsid: newSession() }));
    await runningOperation(server.admin, user.user);
    await admin().command({ killAllSessions: [] });
    expect(await running).toMatchObject({ code: 11601 });
  });
});

describe('killAllSessionsByPattern', () => {
  test('case 2.58 by users is impersonation, which not even root may do', async () => {
    const user = await reader();
    const { code, message } = await refusal(admin().command({ killAllSessionsByPattern: [{ users: [user.name] }] }));
    expect(code).toBe(13);
    if (server.embedded) expect(message).toBe('Not authorized to impersonate in killAllSessionsByPattern');
  });

  test('case 2.59 by digest works after the user was dropped', async () => {
    const user = await reader();
    const running = (await wireAs(user)).command(slowFind(user, 100_000, { lsid: newSession() }));
    await runningOperation(server.admin, user.user);
    await user.db.command({ dropUser: user.user });
    expect(await admin().command({ killAllSessionsByPattern: [{ uid: uidOf(user.name) }] })).toMatchObject({ ok: 1 });
    expect(await running).toMatchObject({ code: 11601 });
  });
});

test("killSessions ends one's own session; another's needs killAnySession", async () => {
  const [user, other] = [await reader(), await reader()];
  const [wire, second, stranger] = [await wireAs(user), await wireAs(user), await wireAs(other)];
  const lsid = newSession();
  const running = wire.command(slowFind(user, 100_000, { lsid }));
  await runningOperation(server.admin, user.user);
  const foreign = { killSessions: [{ ...lsid, uid: uidOf(user.name) }], $db: 'admin' };
  expect(await stranger.command(foreign)).toMatchObject({ ok: 0, code: 13 });
  expect(await second.command({ killSessions: [lsid], $db: 'admin' })).toMatchObject({ ok: 1 });
  expect(await running).toMatchObject({ code: 11601 });
});

describe('killOp', () => {
  test("case 2.62 ends one's own operation", async () => {
    const user = await reader();
    const [wire, second] = [await wireAs(user), await wireAs(user)];
    const running = wire.command(slowFind(user, 100_000));
    const { opid } = await runningOperation(server.admin, user.user);
    expect(await second.command({ killOp: 1, op: opid, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await running).toMatchObject({ code: 11601 });
  });

  test("case 2.63 may not end another's", async () => {
    const [user, other] = [await reader(), await reader()];
    const running = (await wireAs(user)).command(slowFind(user, 100));
    const { opid } = await runningOperation(server.admin, user.user);
    expect(await (await wireAs(other)).command({ killOp: 1, op: opid, $db: 'admin' })).toMatchObject({ code: 13 });
    expect(await running).toMatchObject({ ok: 1 });
  });

  test('of an unknown operation is fine for those who may end any', async () => {
    expect(await admin().command({ killOp: 1, op: 2_000_000_000 })).toMatchObject({ ok: 1 });
  });
});

describe('the list of operations', () => {
  const list = (wire: WireClient, allUsers: boolean) =>
    wire.command({ aggregate: 1, pipeline: [{ $currentOp: { allUsers } }], cursor: {}, $db: 'admin' });

  test("case 2.64 needs inprog, but not for one's own", async () => {
    const [user, other] = [await reader(), await reader()];
    const running = (await wireAs(user)).command(slowFind(user, 100));
    await runningOperation(server.admin, user.user);
    expect(await list(await wireAs(other), true)).toMatchObject({ ok: 0, code: 13 });
    const { cursor } = await list(await wireAs(other), false);
    const users = cursor.firstBatch.flatMap((row: Document) => row.effectiveUsers);
    expect(users).toEqual([other.name]);
    await running;
  });

  test('shows connections that are logged in and idle', async () => {
    const user = await reader();
    const wire = await wireAs(user);
    const rows = await admin()
      .aggregate([{ $currentOp: { allUsers: true, idleConnections: true } }])
      .toArray();
    const mine = rows.filter(({ effectiveUsers }) => effectiveUsers?.some((one: Document) => one.user === user.user));
    expect(mine).toMatchObject([{ type: 'op', active: false, effectiveUsers: [user.name] }]);
    wire.close();
  });

  test('shows the password that a command is about to set', async () => {
    const { db } = await reader();
    const list = () => admin().aggregate([{ $currentOp: { allUsers: true } }, { $match: { op: 'command' } }]);
    let seen = false;
    for (let round = 0; !seen && round < 100; round += 1) {
      const user = { createUser: `slow-to-hash-${round}`, pwd: 'visible-password', roles: [] };
      const [, rows] = await Promise.all([db.command(user), list().toArray()]);
      seen = JSON.stringify(rows).includes('visible-password');
    }
    expect(seen).toBe(true);
  });
});

test('an operation ends at its maxTimeMS', async () => {
  const user = await reader();
  expect(await (await wireAs(user)).command(slowFind(user, 100_000, { maxTimeMS: 20 }))).toMatchObject({ code: 50 });
});

test('a started session is listed as its own', async () => {
  const user = await reader();
  const wire = await wireAs(user);
  const { id } = await wire.command({ startSession: 1, $db: 'admin' });
  expect(id.id.toString('hex')).toMatch(/^[0-9a-f]{32}$/);
  expect(await wire.command({ refreshSessions: [id], $db: 'admin' })).toMatchObject({ ok: 1 });
  const pipeline = [{ $listLocalSessions: {} }];
  const { cursor } = await wire.command({ aggregate: 1, pipeline, cursor: {}, $db: 'admin' });
  const listed = cursor.firstBatch.map((row: Document) => row._id.id.toString('hex'));
  expect(listed).toContain(id.id.toString('hex'));
  expect(await wire.command({ endSessions: [id], $db: 'admin' })).toMatchObject({ ok: 1 });
});
