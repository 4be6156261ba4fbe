import { BSON, type Document, type MongoClient, MongoNetworkError } from 'mongodb';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
let db = '';
let other = '';
const asRoot = (command: Document): Promise<Document> => server.admin.db(db).command(command);
const named = async (answer: Promise<Document>): Promise<string[]> =>
  (await answer).users.map((user: Document) => `${user.user}@${user.db}`);

beforeEach(async () => {
  db = server.newDb();
  other = server.newDb();
  await asRoot({ createUser: 'ben', pwd: 'ben-pw', roles: ['userAdmin'], customData: { x: 2 } });
  await asRoot({ createUser: 'ann', pwd: 'ann-pw', roles: ['readWrite'], customData: { x: 1 } });
  await server.admin.db(other).command({ createUser: 'ann', pwd: 'ann-pw', roles: [] });
});

test('case 1.17 asks by name, by name and database, by list, for a database and for all', async () => {
  expect(await named(asRoot({ usersInfo: 'ann' }))).toEqual([`ann@${db}`]);
  expect(await named(asRoot({ usersInfo: { user: 'ann', db: other } }))).toEqual([`ann@${other}`]);
  const list = await named(asRoot({ usersInfo: ['ben', { user: 'ann', db: other }] }));
  expect(list).toEqual([`ann@${other}`, `ben@${db}`]);
  expect(await named(asRoot({ usersInfo: 1 }))).toEqual([`ann@${db}`, `ben@${db}`]);
  expect(await named(asRoot({ usersInfo: 1.5 }))).toEqual([`ann@${db}`, `ben@${db}`]);
  const all = await named(server.admin.db('admin').command({ usersInfo: { forAllDBs: true } }));
  expect(all).toEqual(expect.arrayContaining([`ann@${db}`, `ann@${other}`, `ben@${db}`]));
});

test('shows a user without credentials and restrictions', async () => {
  const { users } = await asRoot({ usersInfo: 'ann' });
  expect(users).toEqual([
    {
      _id: `${db}.ann`,
      userId: expect.any(BSON.UUID),
      user: 'ann',
      db,
      customData: { x: 1 },
      roles: [{ role: 'readWrite', db }],
      mechanisms: ['SCRAM-SHA-1', 'SCRAM-SHA-256'],
    },
  ]);
});

test('shows credentials when asked to', async () => {
  const { users } = await asRoot({ usersInfo: 'ann', showCredentials: true });
  const { credentials } = users[0];
  const keys = { salt: expect.any(String), storedKey: expect.any(String), serverKey: expect.any(String) };
  expect(credentials['SCRAM-SHA-1']).toEqual({ iterationCount: 10_000, ...keys });
  expect(credentials['SCRAM-SHA-256']).toEqual({ iterationCount: 15_000, ...keys });
});

test('case 1.18 filters by custom data', async () => {
  expect(await named(asRoot({ usersInfo: 1, filter: { 'customData.x': 2 } }))).toEqual([`ben@${db}`]);
  const forAll = { usersInfo: { forAllDBs: true }, filter: { 'customData.x': { $exists: true }, db } };
  expect(await named(server.admin.db('admin').command(forAll))).toEqual([`ann@${db}`, `ben@${db}`]);
  expect(await refusalCode(asRoot({ usersInfo: 1, filter: 'x' }))).toBe(14);
});

test('a filter sees credentials only where they are shown', async () => {
  const filter = { 'credentials.SCRAM-SHA-1': { $exists: true } };
  expect(await named(asRoot({ usersInfo: 1, filter }))).toEqual([]);
  expect(await named(asRoot({ usersInfo: 1, filter, showCredentials: true }))).toEqual([`ann@${db}`, `ben@${db}`]);
});

test('case 1.19 answers an unknown name with an empty list', async () => {
  expect(await asRoot({ usersInfo: 'nobody' })).toEqual({ users: [], ok: 1 });
});

describe('many users', () => {
  const text = 'x'.repeat(1024 * 1024);
  const names = Array.from({ length: 17 }, (_, index) => `u${index}`);
  const mechanisms = ['SCRAM-SHA-1'];
  beforeEach(async () => {
    for (const user of names)
      await asRoot({ createUser: user, pwd: 'pw', roles: [], mechanisms, customData: { text, user } });
  });

  test('above 16 MB there is no answer: 4.4 refuses, and 6.0 hangs up', async () => {
    const attempt = asRoot({ usersInfo: 1, filter: { 'customData.text': text } });
    const fault: unknown = await attempt.catch((error: unknown) => error);
    if (server.isAtLeast(5)) expect(fault).toBeInstanceOf(MongoNetworkError);
    else expect(fault).toMatchObject({ code: 10334 });
    expect(await asRoot({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await named(asRoot({ usersInfo: 1, filter: { 'customData.user': { $in: names.slice(2) } } }))).toHaveLength(
      15,
    );
  });

  test('their ids are in order, so that ranges of them can be asked for one by one', async () => {
    const middle = new BSON.UUID('80000000-0000-0000-0000-000000000000');
    const quarter = new BSON.UUID('40000000-0000-0000-0000-000000000000');
    const ids = (userId: Document) =>
      asRoot({ usersInfo: names, filter: { userId } }).then(({ users }) =>
        users.map((user: Document) => user.userId.toHexString()[0]),
      );
    const [low, second, high] = [
      await ids({ $lt: quarter }),
      await ids({ $gte: quarter, $lt: middle }),
      await ids({ $not: { $lt: middle } }),
    ];
    expect(low.length + second.length + high.length).toBe(names.length);
    expect([
      low.every((first: string) => first < '4'),
      second.every((first: string) => /[4-7]/.test(first)),
      high.every((first: string) => first > '7'),
    ]).toEqual([true, true, true]);
  });
});

describe('without the right to view users', () => {
  let ann: MongoClient;
  const asAnn = (command: Document) => ann.db(db).command(command);
  beforeEach(async () => {
    ann = await server.connectAs('ann', 'ann-pw', db);
  });

  test('case 1.20, 2.45 everybody sees themselves', async () => {
    expect(await named(asAnn({ usersInfo: 'ann' }))).toEqual([`ann@${db}`]);
    expect(await named(asAnn({ usersInfo: { user: 'ann', db } }))).toEqual([`ann@${db}`]);
  });

  test.each<[string, () => unknown]>([
    ['case 1.21 another user', () => 'ben'],
    ['case 1.31 a database', () => 1],
    ['case 2.46 themselves and another', () => ['ann', 'ben']],
    ['the same name elsewhere', () => ({ user: 'ann', db: other })],
    ['all databases', () => ({ forAllDBs: true })],
  ])('%s is refused', async (_, target) => {
    expect(await refusalCode(asAnn({ usersInfo: target() }))).toBe(13);
  });
});

test('case 2.47 userAdmin of one database sees that one, not all', async () => {
  const ben = await server.connectAs('ben', 'ben-pw', db);
  expect(await named(ben.db(db).command({ usersInfo: 1 }))).toEqual([`ann@${db}`, `ben@${db}`]);
  expect(await refusalCode(ben.db(db).command({ usersInfo: { forAllDBs: true } }))).toBe(13);
  expect(await refusalCode(ben.db(other).command({ usersInfo: 1 }))).toBe(13);
});

describe('restrictions', () => {
  const authenticationRestrictions = [{ clientSource: ['127.0.0.0/8', '10.1.2.3'] }];
  beforeEach(() => asRoot({ updateUser: 'ann', authenticationRestrictions }));

  test('case 2.41 can not be asked for without a name', async () => {
    const attempt = asRoot({ usersInfo: 1, showAuthenticationRestrictions: true });
    expect(await refusal(attempt)).toMatchObject({
      code: 20,
      message: expect.stringMatching(/^Privilege or restriction details require exact-match usersInfo queries\.?$/),
    });
    expect(await refusalCode(asRoot({ usersInfo: 1, showPrivileges: true }))).toBe(20);
  });

  test('case 1.51, 2.42 are shown for a name, as they were written', async () => {
    const { users } = await asRoot({ usersInfo: ['ann', 'ben'], showAuthenticationRestrictions: true });
    const of = (user: string) => users.find((each: Document) => each.user === user);
    expect(of('ann')).toMatchObject({
      authenticationRestrictions,
      inheritedRoles: [{ role: 'readWrite', db }],
      inheritedAuthenticationRestrictions: [],
    });
    expect(of('ben').authenticationRestrictions).toEqual([]);
  });

  test('case 2.43 are hidden otherwise', async () => {
    const { users } = await asRoot({ usersInfo: 'ann' });
    expect(users[0]).not.toHaveProperty('authenticationRestrictions');
  });

  test('case 2.44 are no matter for a filter', async () => {
    const filter = { authenticationRestrictions: { $exists: true } };
    expect(await named(asRoot({ usersInfo: 'ann', filter }))).toEqual([]);
  });
});

test('case 1.22 connectionStatus names user and roles', async () => {
  const ann = await server.connectAs('ann', 'ann-pw', db);
  const { authInfo } = await ann.db(other).command({ connectionStatus: 1, showPrivileges: true });
  expect(authInfo.authenticatedUsers).toEqual([{ user: 'ann', db }]);
  expect(authInfo.authenticatedUserRoles).toEqual([{ role: 'readWrite', db }]);
  const onDb = authInfo.authenticatedUserPrivileges.find(({ resource }: Document) => resource.db === db);
  expect(onDb.actions).toEqual(expect.arrayContaining(['find', 'insert', 'remove', 'update']));
});
