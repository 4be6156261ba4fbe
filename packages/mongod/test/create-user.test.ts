import { BSON, type Document, type MongoClient } from 'mongodb';
import { login } from './support/scram-client';
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

describe('createUser', () => {
  test('case 1.7 makes a user', async () => {
    expect(await newUser('ann', ['read'])).toEqual({ ok: 1 });
    await as('ann');
  });

  test('case 1.8 refuses a name that is taken', async () => {
    await newUser('ann');
    expect(await refusal(newUser('ann'))).toMatchObject({ code: 51003, message: `User "ann@${db}" already exists` });
  });

  test('case 1.9, 2.20 needs roles', async () => {
    expect(await refusalCode(asRoot({ createUser: 'ann', pwd: 'x' }))).toEqual(bad(40414, 2));
  });

  test('needs a password', async () => {
    expect(await refusalCode(asRoot({ createUser: 'ann', roles: [] }))).toEqual(bad(2));
  });

  test('case 1.10 refuses an empty password', async () => {
    expect(await refusal(asRoot({ createUser: 'ann', pwd: '', roles: [] }))).toMatchObject({ code: bad(50687, 2) });
  });

  test('case 1.11 refuses an unknown role, and makes nothing', async () => {
    const { code, message } = await refusal(newUser('ann', ['fly']));
    expect(code).toBe(31);
    expect(message).toBe(server.isAtLeast(5) ? `Could not find role: fly@${db}` : `No role named fly@${db}`);
    expect(await asRoot({ usersInfo: 'ann' })).toMatchObject({ users: [] });
  });

  test('case 1.12 takes a role as a name or with its database', async () => {
    await newUser('ann', ['read', { role: 'readWrite', db: 'other' }]);
    const { users } = await asRoot({ usersInfo: 'ann' });
    expect(users[0].roles).toHaveLength(2);
    expect(users[0].roles).toEqual(
      expect.arrayContaining([
        { role: 'read', db },
        { role: 'readWrite', db: 'other' },
      ]),
    );
  });

  test('case 1.13 makes no user in local', async () => {
    const attempt = server.admin.db('local').command({ createUser: 'ann', pwd: 'x', roles: [] });
    expect(await refusalCode(attempt)).toBe(2);
  });

  test('case 1.53 of several at once makes one', async () => {
    await newUser('uma', ['userAdmin']);
    const clients = await Promise.all([1, 2, 3, 4].map(() => server.wire()));
    // Logged in beforehand, so that the commands really meet.
    for (const wire of clients) await login(wire, { user: 'uma', password: 'uma-pw', db });
    const replies = await Promise.all(
      clients.map((wire) => wire.command({ createUser: 'ann', pwd: 'x', roles: [], $db: db })),
    );
    expect(replies.filter(({ ok }) => ok === 1)).toHaveLength(1);
    expect(replies.filter(({ code }) => code === 51003)).toHaveLength(3);
  });

  test.each<[string, Document, number, number]>([
    ['case 2.21 a role without its database', { roles: [{ role: 'read' }] }, 2, 4],
    ['case 2.22 roles that are no list', { roles: 'read' }, 14, 14],
    ['a role that is a number', { roles: [1] }, 2, 2],
    ['case 2.23 an empty list of mechanisms', { mechanisms: [] }, 2, 12],
    ['mechanisms that are no list', { mechanisms: 'SCRAM-SHA-1' }, 14, 12],
    ['case 2.24 a password that is a number', { pwd: 1 }, 14, 14],
    ['case 2.25 an unknown mechanism', { mechanisms: ['MAGIC'] }, 2, 2],
    ['custom data that is no document', { customData: [1] }, 14, 14],
    ['restrictions that are no list', { authenticationRestrictions: {} }, 14, 2],
    ['a field that it does not know', { colour: 'red' }, 40415, 2],
    ['a digested password under SHA-256', { digestPassword: false }, 2, 2],
  ])('%s is refused', async (_, change, code, before) => {
    expect(await refusalCode(asRoot({ createUser: 'ann', pwd: 'x', roles: [], ...change }))).toEqual(bad(code, before));
    expect(await asRoot({ usersInfo: 'ann' })).toMatchObject({ users: [] });
  });

  test('an empty name and a name that is no text are refused', async () => {
    expect(await refusalCode(asRoot({ createUser: '', pwd: 'x', roles: [] }))).toEqual(bad(2));
    expect(await refusalCode(asRoot({ createUser: 1, pwd: 'x', roles: [] }))).toEqual(bad(14));
  });

  test('fields that any command may carry are none of its business', async () => {
    const generic = { writeConcern: { w: 'majority', wtimeout: 5000 }, comment: 'hi', maxTimeMS: 5000 };
    expect(await newUser('ann', [], generic)).toMatchObject({ ok: 1 });
  });

  test('a digested password serves SCRAM-SHA-1', async () => {
    const { createHash } = await import('node:crypto');
    const pwd = createHash('md5').update('ann:mongo:ann-pw').digest('hex');
    await asRoot({ createUser: 'ann', pwd, roles: [], digestPassword: false, mechanisms: ['SCRAM-SHA-1'] });
    await as('ann');
  });

  describe('by a user with readWrite', () => {
    let writer: MongoClient;
    const asWriter = (command: Document) => writer.db(db).command(command);
    beforeEach(async () => {
      await newUser('wendy', ['readWrite']);
      writer = await as('wendy');
    });

    test('case 2.17 bad arguments are seen before the missing privilege', async () => {
      const attempt = asWriter({ createUser: 'ann', pwd: 'x', roles: [], colour: 'red' });
      expect(await refusalCode(attempt)).toEqual(bad(40415, 2));
    });

    test('case 1.28, 1.34, 2.18 is refused in words that mask the password and nothing else', async () => {
      const { code, message } = await refusal(
        asWriter({
          createUser: 'ann',
          pwd: 'top"secret',
          roles: [{ role: 'read', db: 'b' }],
          customData: { a: 'clear' },
        }),
      );
      expect(code).toBe(13);
      expect(message).not.toContain('top');
      expect(message).toContain('"xxx"');
      const body = `createUser: "ann", pwd: "xxx", roles: [ { role: "read", db: "b" } ], customData: { a: "clear" }`;
      expect(message).toMatch(`not authorized on ${db} to execute command { ${body}, lsid: { id: UUID("`);
      expect(message).toMatch(new RegExp(`"\\) }, \\$db: "${db}" }$`));
    });

    test('case 2.19 missing roles are found out before the privilege; before 5.0 after it', async () => {
      expect(await refusalCode(asWriter({ createUser: 'ann', pwd: 'x' }))).toEqual(bad(40414, 13));
    });
  });

  describe('by a userAdmin of one database', () => {
    let keeper: MongoClient;
    const asKeeper = (command: Document) => keeper.db(db).command(command);
    beforeEach(async () => {
      await newUser('uma', ['userAdmin']);
      keeper = await as('uma');
    });

    test('case 2.26 can not grant roles on another one', async () => {
      const roles = [{ role: 'read', db: 'b' }];
      expect(await refusalCode(asKeeper({ createUser: 'ann', pwd: 'x', roles }))).toBe(13);
    });

    test('case 2.27 may set restrictions', async () => {
      const command = { createUser: 'ann', pwd: 'x', roles: ['read'], authenticationRestrictions: [] };
      expect(await asKeeper(command)).toMatchObject({ ok: 1 });
    });

    test('case 2.28 can not replace roles, since that revokes whatever was there', async () => {
      await newUser('ann', ['read']);
      expect(await refusalCode(asKeeper({ updateUser: 'ann', roles: [] }))).toBe(13);
    });

    test('case 2.29 can revoke roles one by one', async () => {
      await newUser('ann', ['read', 'readWrite']);
      expect(await asKeeper({ revokeRolesFromUser: 'ann', roles: ['readWrite'] })).toMatchObject({ ok: 1 });
      const { users } = await asKeeper({ usersInfo: 'ann' });
      expect(users[0].roles).toEqual([{ role: 'read', db }]);
    });

    test('can do neither in another database', async () => {
      const other = server.newDb();
      expect(await refusalCode(keeper.db(other).command({ createUser: 'ann', pwd: 'x', roles: [] }))).toBe(13);
      expect(await refusalCode(keeper.db(other).command({ dropUser: 'ann' }))).toBe(13);
    });
  });

  test('restrictions need a right of their own, even an empty list', async () => {
    const actions = ['createUser', 'viewUser'];
    const privileges = [{ resource: { db, collection: '' }, actions }];
    await asRoot({ createRole: 'maker', roles: [], privileges });
    await newUser('mia', ['maker']);
    const maker = await as('mia');
    const command = { createUser: 'ann', pwd: 'x', roles: [] };
    expect(await refusalCode(maker.db(db).command({ ...command, authenticationRestrictions: [] }))).toBe(13);
    expect(await maker.db(db).command(command)).toMatchObject({ ok: 1 });
  });
});

test('case 1.51 custom data comes back as it was written, in the types that it was written in', async () => {
  const customData = {
    z: new BSON.Int32(1),
    double: new BSON.Double(1),
    long: BSON.Long.fromString('9007199254740993'),
    date: new Date(0),
    bytes: new BSON.Binary(Buffer.from('x'), 5),
    list: [null, true, { $odd: 'key', 'dotted.key': '' }],
    a: 'last',
  };
  await newUser('ann', [], { customData });
  const { users } = await server.admin.db(db).command({ usersInfo: 'ann' }, { promoteValues: false });
  expect(Object.keys(users[0].customData)).toEqual(Object.keys(customData));
  expect(BSON.EJSON.stringify(users[0].customData, { relaxed: false })).toBe(
    BSON.EJSON.stringify(customData, { relaxed: false }),
  );
});
