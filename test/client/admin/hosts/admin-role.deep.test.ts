import { refusalCode, useMongod } from 'embedded-mongod/testing';
import type { Document } from 'mongodb';
import { adminRole, adminRoleName, type RoleWish } from '../../../../client/admin/hosts/admin-role';
import { checkHost } from '../../../../client/admin/hosts/check-host';
import { neededActions } from '../../../../client/admin/hosts/needed-actions';
import { type Host, mongoServers } from '../../../../shared/mongo/mongo-servers';
import { mongoUsers, type NewUser, type Tag } from '../../../../shared/mongo/mongo-users';
import { useWeakAdmins } from '../../../support/weak-admins';

const now = new Date('2026-11-24T08:00:00Z');
const servers = mongoServers();
const users = mongoUsers(servers);
const admins = useWeakAdmins(() => server);
afterAll(async () => {
  await users.close();
  await admins.close();
});
// After what is above, so that it still answers then.
const server = useMongod();
const tag: Tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '2027-01-01T00:00:00.000Z', stack: 'lab' };
afterEach(() =>
  server.admin
    .db('admin')
    .command({ dropRole: adminRoleName.role })
    .catch(() => {}),
);

const outcome = (attempt: Promise<unknown>) =>
  attempt.catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : {};
    return 'code' in cause ? cause.code : error;
  });

/** Everything that mongogrant does with a user, in the order of its life: what came of each. */
async function lifeOfAUser(host: Host, db: string, usersDb = db): Promise<Record<string, unknown>> {
  const name = { user: 'ada_lab.org_read', db: usersDb };
  const roles = [{ role: 'read', db }];
  const user: NewUser = { ...name, password: 'first', roles, tag, cidrs: ['127.0.0.1'] };
  const found: Record<string, unknown> = { create: await outcome(users.create(host, user)) };
  // Whatever the admin could not do is made up for, so that each step is tried.
  if (found.create !== 'created') {
    found.createOpen = await outcome(users.create(host, { ...user, cidrs: [] }));
    if (found.createOpen !== 'created')
      await server.admin
        .db(usersDb)
        .command({ createUser: name.user, pwd: 'first', roles, customData: { mongogrant: tag } });
  }
  found.owner = await outcome(users.owner(host, name));
  found.password = await outcome(users.update(host, name, { password: 'second' }));
  found.tag = await outcome(users.update(host, name, { tag }));
  found.cidrs = await outcome(users.update(host, name, { cidrs: ['127.0.0.0/8'] }));
  found.open = await outcome(
    servers
      .command(host, 'admin', { aggregate: 1, pipeline: [{ $currentOp: { allUsers: true } }], cursor: {} })
      .then(() => 'seen'),
  );
  found.kill = await outcome(users.killSessions(host, name));
  found.revoke = await outcome(users.revokeRoles(host, name, roles));
  found.drop = await outcome(users.drop(host, name));
  if (found.drop !== 'dropped') await server.admin.db(usersDb).command({ dropUser: name.user });
  return found;
}

const allWell = {
  create: 'created',
  owner: expect.objectContaining({ grant: 'g1', on: expect.objectContaining({ db: 'admin' }) }),
  password: 'updated',
  tag: 'updated',
  cidrs: 'updated',
  open: 'seen',
  kill: 'killed',
  revoke: 'revoked',
  drop: 'dropped',
};

/** What fails, and how, where this one action is missing; the rest goes well. */
const withoutIt: Record<string, Record<string, unknown>> = {
  createUser: { create: 13, createOpen: 13 },
  dropUser: { drop: 13 },
  viewUser: { owner: 13 },
  changePassword: { password: 13 },
  changeCustomData: { tag: 13 },
  setAuthenticationRestriction: { create: 13, createOpen: 'created', cidrs: 13 },
  grantRole: { create: 13, createOpen: 13 },
  revokeRole: { revoke: 'not_offered' },
  inprog: { open: 13 },
  killAnySession: { kill: 'not_offered' },
};

/** A login that has the role by the very commands that are printed. */
async function withPrintedRole(wish: Omit<RoleWish, 'user'>): Promise<Host> {
  const host = await admins.make([], { usersDb: wish.usersDb });
  const { username: user, authSource: db } = host.secret;
  const { commands } = adminRole({ ...wish, user: { user, db } });
  for (const { db: of, command } of commands) await server.admin.db(of).command(command);
  return host;
}

const forms: [string, (db: string, other: string) => Omit<RoleWish, 'user'>][] = [
  ['for named databases', (db, other) => ({ databases: [db, other] })],
  ['for any database', () => ({ databases: 'any' })],
  ['for named databases, with the users elsewhere', (db, other) => ({ databases: [db], usersDb: other })],
  ['for named databases, with the users in admin', (db) => ({ databases: [db], usersDb: 'admin' })],
  ['for any database, with the users in admin', () => ({ databases: 'any', usersDb: 'admin' })],
];

describe.each(forms)('the role that is printed %s', (_, wishFor) => {
  let db: string;
  let wish: Omit<RoleWish, 'user'>;
  beforeEach(() => {
    db = server.newDb();
    wish = wishFor(db, server.newDb());
  });

  test('lets mongogrant do everything, and the check finds nothing missing', async () => {
    const host = await withPrintedRole(wish);
    expect(await lifeOfAUser(host, db, wish.usersDb)).toEqual(allWell);
    const report = await checkHost(servers, { host, databases: wish.databases }, now);
    expect(report).toMatchObject({ state: 'checked', verdict: 'ready', admin: { roles: [adminRoleName] } });
    expect(report).not.toHaveProperty('role');
  });

  test.each(neededActions.map(({ action }) => action))(
    'without %s the check says so, and what needs it fails',
    async (missing) => {
      const { privileges } = adminRole({ ...wish, user: { user: 'x', db: 'admin' } });
      const less: Document[] = privileges
        .map(({ resource, actions }) => ({ resource, actions: actions.filter((action) => action !== missing) }))
        .filter(({ actions }) => actions.length > 0);
      const host = await admins.withPrivileges(less, { usersDb: wish.usersDb });
      const report = await checkHost(servers, { host, databases: wish.databases }, now);
      if (report.state !== 'checked') throw new Error(report.state);
      const no = report.actions.filter(({ held }) => held === 'no');
      expect([...new Set(no.map(({ action }) => action))]).toEqual([missing]);
      expect(report.actions.filter(({ held }) => held === 'unknown')).toEqual([]);
      expect(report.verdict).toBe(no[0]?.essential ? 'not_usable' : 'limited');
      expect(report.notes).toContain(`No ${missing}: ${no[0]?.costs}`);
      expect(await lifeOfAUser(host, db, wish.usersDb)).toEqual({ ...allWell, ...withoutIt[missing] });
      // What the report prints mends it.
      for (const { db: of, command } of report.role?.commands ?? []) await server.admin.db(of).command(command);
      expect(await checkHost(servers, { host, databases: wish.databases }, now)).toMatchObject({ verdict: 'ready' });
      expect(await lifeOfAUser(host, db, wish.usersDb)).toEqual(allWell);
    },
  );
});

test('the role for named databases gives no more: not other databases, not data, not roles of its own making', async () => {
  const [db, other] = [server.newDb(), server.newDb()];
  const host = await withPrintedRole({ databases: [db] });
  const run = (of: string, command: Document) => outcome(servers.command(host, of, command));
  const user = { createUser: 'eve', pwd: 'pw' };
  await server.admin.db(db).collection('c').insertOne({ a: 1 });
  const refused = [
    await run(other, { ...user, roles: [] }),
    await run(db, { ...user, roles: [{ role: 'read', db: other }] }),
    await run('admin', { ...user, roles: ['root'] }),
    await run('admin', { grantRolesToUser: host.secret.username, roles: ['root'] }),
    await run('admin', { updateUser: 'admin', pwd: 'mine' }),
    await run(db, { createRole: 'all', privileges: [], roles: [] }),
    await run('admin', { updateRole: adminRoleName.role, privileges: [], roles: ['root'] }),
    await run('admin', { usersInfo: { forAllDBs: true } }),
    await run(db, { find: 'c' }),
    await run(db, { insert: 'c', documents: [{ a: 2 }] }),
    await run(db, { dropDatabase: 1 }),
    await run('admin', { setParameter: 1, cursorTimeoutMillis: 1 }),
    await run('admin', { shutdown: 1 }),
  ];
  expect(refused.filter((code) => code !== 13 && code !== 59)).toEqual([]);
  expect(refused.slice(0, 11)).toEqual(Array(11).fill(13));
});

test('with the users elsewhere, none is made in the databases that are granted', async () => {
  const [db, home] = [server.newDb(), server.newDb()];
  const host = await withPrintedRole({ databases: [db], usersDb: home });
  const command = { createUser: 'eve', pwd: 'pw', roles: [{ role: 'read', db }] };
  expect(await outcome(servers.command(host, db, command))).toBe(13);
  expect(await outcome(servers.command(host, home, { ...command, roles: [{ role: 'read', db: home }] }))).toBe(13);
});

test('what is printed for mongosh is the same commands', () => {
  const wish = { databases: ['a', 'b'], usersDb: 'admin', user: { user: 'o"dd\\', db: 'other' } };
  const { shell, commands } = adminRole(wish);
  const ran: [string, unknown][] = [];
  const db = { getSiblingDB: (name: string) => ({ runCommand: (command: unknown) => ran.push([name, command]) }) };
  new Function('db', shell)(db);
  expect(ran).toEqual(commands.map(({ db: of, command }) => [of, command]));
  expect(commands.map(({ db: of, command }) => [of, Object.keys(command)[0]])).toEqual([
    ['admin', 'createRole'],
    ['other', 'grantRolesToUser'],
  ]);
  expect(Object.keys(adminRole({ ...wish, exists: true }).commands[0]?.command ?? {})[0]).toBe('updateRole');
});

test('what a role gives besides is said plainly', () => {
  const user = { user: 'x', db: 'admin' };
  expect(adminRole({ databases: 'any', user }).warnings.join()).toMatch(/can give itself any role/);
  expect(adminRole({ databases: ['a'], user }).warnings).toEqual([
    expect.stringMatching(/any role of these databases/),
  ]);
  expect(adminRole({ databases: ['a'], usersDb: 'admin', user }).warnings.join()).toMatch(
    /password of every user in admin/,
  );
});

test('the warnings are true', async () => {
  const db = server.newDb();
  const named = await withPrintedRole({ databases: [db], usersDb: 'admin' });
  const self = { grantRolesToUser: named.secret.username };
  expect(await outcome(servers.command(named, db, { ...self, roles: [{ role: 'readWrite', db }] }))).toBe(11);
  expect(await outcome(servers.command(named, 'admin', { ...self, roles: [{ role: 'readWrite', db }] }))).toMatchObject(
    { ok: 1 },
  );
  const victim = await admins.make(['root']);
  const steal = { updateUser: victim.secret.username, pwd: 'mine' };
  expect(await outcome(servers.command(named, 'admin', steal))).toMatchObject({ ok: 1 });
  await server.admin.db('admin').command({ dropRole: adminRoleName.role });
  const any = await withPrintedRole({ databases: 'any' });
  const grant = { grantRolesToUser: any.secret.username, roles: ['root'] };
  expect(await outcome(servers.command(any, 'admin', grant))).toMatchObject({ ok: 1 });
  await (await server.connectAs(any.secret.username, 'hunter2', 'admin')).db(db).collection('c').findOne();
  expect(await refusalCode(server.connectAs(victim.secret.username, 'hunter2', 'admin'))).toBe(18);
});

test.each([[['']], [['admin']], [['Local']], [['a b']], [['fw*']], [[]]])(
  'no role is printed for the databases %j',
  (databases) => {
    expect(() => adminRole({ databases, user: { user: 'x', db: 'admin' } })).toThrow(RangeError);
  },
);

test.each(['', 'local', 'config', 'a.b'])('no role is printed for users in %j', (usersDb) => {
  expect(() => adminRole({ databases: ['a'], usersDb, user: { user: 'x', db: 'admin' } })).toThrow(RangeError);
});
