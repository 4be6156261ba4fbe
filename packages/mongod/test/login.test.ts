import { BSON } from 'mongodb';
import { login } from './support/scram-client';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
const lsid = () => ({ id: new BSON.UUID() });

async function newUser(mechanisms?: string[]): Promise<string> {
  const db = server.newDb();
  await server.admin
    .db(db)
    .command({ createUser: 'ann', pwd: 'right', roles: ['read'], ...(mechanisms && { mechanisms }) });
  return db;
}

describe('before login', () => {
  const open = ['hello', 'isMaster', 'ismaster', 'connectionStatus', 'whatsmyuri', 'ping', 'buildInfo', 'listCommands'];
  test.each(open)('%s is answered', async (name) => {
    const wire = await server.wire();
    expect(await wire.command({ [name]: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  });

  const shut = ['usersInfo', 'listCollections', 'hostInfo', 'serverStatus', 'endSessions', 'logout', 'createUser'];
  test.each(shut)('case 1.1 %s needs a login', async (name) => {
    const wire = await server.wire();
    const reply = await wire.command({ [name]: 1, $db: 'admin' });
    expect(reply).toMatchObject({ ok: 0, code: 13, codeName: 'Unauthorized' });
    expect(reply.errmsg).toMatch(new RegExp(`^command ${name} requires authentication$`, 'i'));
  });

  test('case 2.1 find without a session needs a login', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ find: 'c', $db: 'a' });
    expect(reply).toMatchObject({ ok: 0, code: 13, codeName: 'Unauthorized' });
    expect(reply.errmsg).toMatch(/^command find requires authentication$/i);
  });

  test('case 2.2 find with a session needs a login, too', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ find: 'c', lsid: lsid(), $db: 'a' });
    expect(reply).toMatchObject({ ok: 0, code: 13 });
    expect(reply.errmsg).toBe('command find requires authentication');
  });

  test('case 2.3 an admin command on another database is refused for that first', async () => {
    const wire = await server.wire();
    const elsewhere = await wire.command({ listDatabases: 1, $db: 'a' });
    expect(elsewhere).toMatchObject({ code: 13, errmsg: 'listDatabases may only be run against the admin database.' });
    const there = await wire.command({ listDatabases: 1, $db: 'admin' });
    expect(there.code).toBe(13);
    expect(there.errmsg).toMatch(/^command listDatabases requires authentication$/i);
  });

  test('case 2.4 killAllSessions is no admin command', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ killAllSessions: [], $db: 'test' });
    expect(reply.code).toBe(13);
    expect(reply.errmsg).toMatch(/^command killAllSessions requires authentication$/i);
  });

  test('case 2.5 an unknown command is found out before the missing login', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ fly: 1, $db: 'a' });
    expect(reply).toMatchObject({ ok: 0, code: 59, codeName: 'CommandNotFound' });
    expect(reply.errmsg).toBe("no such command: 'fly'");
  });

  test('case 2.6 connectionStatus names nobody', async () => {
    const wire = await server.wire();
    const { authInfo } = await wire.command({ connectionStatus: 1, $db: 'a' });
    expect(authInfo).toEqual({ authenticatedUsers: [], authenticatedUserRoles: [] });
  });

  test.each([
    ['case 2.7', { logout: 1 }],
    ['case 2.8', { endSessions: [] }],
  ])('%s %p needs a login', async (_, command) => {
    const wire = await server.wire();
    expect(await wire.command({ ...command, $db: 'a' })).toMatchObject({ ok: 0, code: 13 });
  });
});

describe('a login', () => {
  test('case 1.2 with a wrong password is refused under SCRAM-SHA-256', async () => {
    const db = await newUser();
    const attempt = server.connectAs('ann', 'wrong', db, { authMechanism: 'SCRAM-SHA-256' });
    expect(await refusal(attempt)).toMatchObject({ code: 18, message: 'Authentication failed.' });
  });

  test('case 1.3 with a wrong password is refused under SCRAM-SHA-1', async () => {
    const db = await newUser();
    const attempt = server.connectAs('ann', 'wrong', db, { authMechanism: 'SCRAM-SHA-1' });
    expect(await refusal(attempt)).toMatchObject({ code: 18, message: 'Authentication failed.' });
  });

  test('case 1.4 of an unknown user is refused', async () => {
    expect(await refusalCode(server.connectAs('nobody', 'right', server.newDb()))).toBe(18);
  });

  test('a user is known in their own database only', async () => {
    await newUser();
    expect(await refusalCode(server.connectAs('ann', 'right', server.newDb()))).toBe(18);
  });

  test.each(['DEFAULT', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)(
    'case 1.5 with the right password succeeds under %s',
    async (authMechanism) => {
      const db = await newUser();
      const client = await server.connectAs('ann', 'right', db, { authMechanism });
      const { authInfo } = await client.db(db).command({ connectionStatus: 1 });
      expect(authInfo.authenticatedUsers).toEqual([{ user: 'ann', db }]);
    },
  );

  test('case 1.6 needs a mechanism that the user has', async () => {
    const db = await newUser(['SCRAM-SHA-256']);
    expect(await refusalCode(server.connectAs('ann', 'right', db, { authMechanism: 'SCRAM-SHA-1' }))).toBe(18);
    await server.connectAs('ann', 'right', db, { authMechanism: 'SCRAM-SHA-256' });
  });

  test('case 1.50 ends with logout', async () => {
    const db = await newUser();
    const wire = await server.wire();
    await login(wire, { user: 'ann', password: 'right', db });
    expect(await wire.command({ logout: 1, $db: 'elsewhere' })).toMatchObject({ ok: 1 });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 1 });
    expect(await wire.command({ logout: 1, $db: db })).toMatchObject({ ok: 1 });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 0, code: 13 });
  });

  test('case 1.52 works for names and passwords of any letters', async () => {
    const db = server.newDb();
    for (const [user, password] of [
      ['first.last@lab.org', 'p,=w'],
      ['a+b', 'x'],
      ['Zoë 字', 'pässwörd 字'],
      ['I\u00adX', '\u2168'],
    ] as const) {
      await server.admin.db(db).command({ createUser: user, pwd: password, roles: [] });
      for (const authMechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const) {
        const client = await server.connectAs(user, password, db, { authMechanism });
        const { authInfo } = await client.db(db).command({ connectionStatus: 1 });
        expect(authInfo.authenticatedUsers).toEqual([{ user, db }]);
      }
    }
  });

  // The driver digests such a name in its escaped form under SCRAM-SHA-1, which no server understands.
  test.each(['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const)('%s escapes what separates its fields', async (mechanism) => {
    const db = server.newDb();
    await server.admin.db(db).command({ createUser: 'a=b,c=2Cd', pwd: 'p,=w', roles: [] });
    const wire = await server.wire();
    expect(await login(wire, { user: 'a=b,c=2Cd', password: 'p,=w', db, mechanism })).toMatchObject({
      ok: 1,
      done: true,
    });
  });

  test('a second user on one connection is refused, the same one again is not; before 6.0 the second took its place', async () => {
    const db = await newUser();
    await server.admin.db(db).command({ createUser: 'ben', pwd: 'right', roles: [] });
    const wire = await server.wire();
    expect(await login(wire, { user: 'ann', password: 'right', db })).toMatchObject({ ok: 1, done: true });
    expect(await login(wire, { user: 'ann', password: 'right', db })).toMatchObject({ ok: 1, done: true });
    const second = await login(wire, { user: 'ben', password: 'right', db });
    expect(second).toMatchObject(server.isAtLeast(6) ? { ok: 0, code: 5626702 } : { ok: 1 });
    const { authInfo } = await wire.command({ connectionStatus: 1, $db: db });
    expect(authInfo.authenticatedUsers).toEqual([{ user: server.isAtLeast(6) ? 'ann' : 'ben', db }]);
  });

  test('a second user of another database is refused; before 6.0 both were logged in', async () => {
    const [db, other] = [await newUser(), await newUser()];
    const wire = await server.wire();
    expect(await login(wire, { user: 'ann', password: 'right', db })).toMatchObject({ ok: 1 });
    const second = await login(wire, { user: 'ann', password: 'right', db: other });
    expect(second).toMatchObject(server.isAtLeast(6) ? { ok: 0, code: 5626701 } : { ok: 1 });
    const { authInfo } = await wire.command({ connectionStatus: 1, $db: db });
    expect(authInfo.authenticatedUsers).toHaveLength(server.isAtLeast(6) ? 1 : 2);
  });
});
