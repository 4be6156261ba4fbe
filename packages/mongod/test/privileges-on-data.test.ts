import { randomUUID } from 'node:crypto';
import type { Db, Document } from 'mongodb';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();

/** A database with one document, and a user in it with these roles. */
async function userWith(roles: (string | Document)[]): Promise<{ db: Db; as: Db; other: Db; user: string }> {
  const name = server.newDb();
  const db = server.admin.db(name);
  const user = `u-${randomUUID()}`;
  await db.collection('things').insertOne({ n: 1 });
  await db.command({ createUser: user, pwd: 'secret', roles });
  const other = server.newDb();
  await server.admin.db(other).collection('things').insertOne({ n: 2 });
  const client = await server.connectAs(user, 'secret', name);
  return { db, as: client.db(name), other: client.db(other), user };
}

describe('a user with the role read', () => {
  test('case 1.23 finds documents', async () => {
    const { as } = await userWith(['read']);
    expect(await as.collection('things').findOne()).toMatchObject({ n: 1 });
    expect(await as.collection('things').countDocuments()).toBe(1);
    expect(await as.collection('things').distinct('n')).toEqual([1]);
  });

  test('case 1.24 may not insert, update or delete, and nothing changes', async () => {
    const { db, as } = await userWith(['read']);
    expect(await refusal(as.collection('things').insertOne({ n: 2 }))).toMatchObject({
      code: 13,
      message: expect.stringContaining(`not authorized on ${db.databaseName} to execute command { insert: "things"`),
    });
    expect(await refusalCode(as.collection('things').updateOne({}, { $set: { n: 3 } }))).toBe(13);
    expect(await refusalCode(as.collection('things').deleteOne({}))).toBe(13);
    expect(await refusalCode(as.collection('things').findOneAndDelete({}))).toBe(13);
    expect(
      await db
        .collection('things')
        .find({}, { projection: { _id: 0 } })
        .toArray(),
    ).toEqual([{ n: 1 }]);
  });

  test('case 1.25 may not find in another database', async () => {
    const { other } = await userWith(['read']);
    expect(await refusalCode(other.collection('things').findOne())).toBe(13);
  });

  test('case 1.26 lists collections', async () => {
    const { as } = await userWith(['read']);
    expect(await as.listCollections({}, { nameOnly: true }).toArray()).toMatchObject([{ name: 'things' }]);
  });

  test('case 1.27 may not drop a collection, which stays', async () => {
    const { db, as } = await userWith(['read']);
    expect(await refusalCode(as.command({ drop: 'things' }))).toBe(13);
    expect(await db.collection('things').countDocuments()).toBe(1);
  });

  test('may not write through a pipeline', async () => {
    const { db, as } = await userWith(['read']);
    expect(
      await refusalCode(
        as
          .collection('things')
          .aggregate([{ $out: 'copy' }])
          .toArray(),
      ),
    ).toBe(13);
    expect(
      await refusalCode(
        as
          .collection('things')
          .aggregate([{ $merge: { into: 'copy' } }])
          .toArray(),
      ),
    ).toBe(13);
    expect(await db.listCollections({ name: 'copy' }).toArray()).toEqual([]);
  });

  test('reads users only where a role allows it', async () => {
    const { as } = await userWith(['read']);
    expect(await refusalCode(as.client.db('admin').collection('system.users').findOne())).toBe(13);
    const { user } = await userWith(['read']);
    expect(await server.admin.db('admin').collection('system.users').findOne({ user })).toMatchObject({ user });
  });
});

describe('a user with a privilege on one collection', () => {
  test('sees another one neither by find nor by $lookup', async () => {
    const name = server.newDb();
    const db = server.admin.db(name);
    await db.collection('open').insertOne({ a: 1 });
    await db.collection('closed').insertOne({ a: 1 });
    const privileges = [{ resource: { db: name, collection: 'open' }, actions: ['find'] }];
    await db.command({ createRole: 'opener', privileges, roles: [] });
    await db.command({ createUser: 'ann', pwd: 'secret', roles: ['opener'] });
    const as = (await server.connectAs('ann', 'secret', name)).db(name);
    const lookup = (from: string) => ({ $lookup: { from, localField: 'a', foreignField: 'a', as: 'found' } });

    const joined = await as
      .collection('open')
      .aggregate([lookup('open')])
      .toArray();
    expect(joined).toMatchObject([{ a: 1, found: [{ a: 1 }] }]);
    expect(await refusalCode(as.collection('closed').findOne())).toBe(13);
    expect(
      await refusalCode(
        as
          .collection('open')
          .aggregate([lookup('closed')])
          .toArray(),
      ),
    ).toBe(13);
    const inner = [{ $facet: { x: [{ $unionWith: 'closed' }] } }];
    expect(await refusalCode(as.collection('open').aggregate(inner).toArray())).toBe(13);
    expect(await refusalCode(as.listCollections().toArray())).toBe(13);
    const mine = await as.listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray();
    expect(mine.map((row) => row.name)).toEqual(['open']);
  });
});

describe('a user with the role readWrite', () => {
  test('case 1.29 inserts, updates, deletes, makes indexes and drops', async () => {
    const { as } = await userWith(['readWrite']);
    await as.collection('mine').insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await as.collection('mine').updateOne({ n: 1 }, { $set: { n: 10 } })).toMatchObject({ modifiedCount: 1 });
    expect(await as.collection('mine').deleteMany({ n: { $lt: 5 } })).toMatchObject({ deletedCount: 2 });
    expect(await as.collection('mine').createIndex({ n: 1 })).toBe('n_1');
    expect((await as.collection('mine').indexes()).map((index) => index.name)).toEqual(['_id_', 'n_1']);
    expect(await as.collection('mine').drop()).toBe(true);
    expect(await as.listCollections({ name: 'mine' }).toArray()).toEqual([]);
  });

  test('case 1.30 may not drop the database, which stays', async () => {
    const { db, as } = await userWith(['readWrite']);
    expect(await refusalCode(as.dropDatabase())).toBe(13);
    expect(await db.collection('things').countDocuments()).toBe(1);
  });

  test('case 1.33 sees only the databases in which they hold something', async () => {
    const { as } = await userWith(['readWrite']);
    const { databases } = await as.admin().listDatabases();
    expect(databases.map(({ name }) => name)).toEqual([as.databaseName]);
    const { databases: names } = await as.admin().listDatabases({ nameOnly: true });
    expect(names).toEqual([{ name: as.databaseName }]);
  });

  test('case 1.49 a transaction number is refused on a standalone', async () => {
    const { as } = await userWith(['readWrite']);
    const { setName } = await server.admin.db('admin').command({ hello: 1 });
    if (setName !== undefined) return;
    const session = as.client.startSession();
    const insert = { insert: 'things', documents: [{ n: 2 }], txnNumber: 1n };
    expect(await refusalCode(as.command(insert, { session }))).toBe(20);
    await session.endSession();
    expect(await as.collection('things').countDocuments()).toBe(1);
  });

  test('case 2.66 may not ask for all databases', async () => {
    const { as } = await userWith(['readWrite']);
    expect(await refusalCode(as.admin().command({ listDatabases: 1, authorizedDatabases: false }))).toBe(13);
  });

  test('case 2.67 may not list collections of another database, not even those they may see', async () => {
    const { other } = await userWith(['readWrite']);
    const command = { listCollections: 1, nameOnly: true, authorizedCollections: true };
    expect(await refusalCode(other.command(command))).toBe(13);
  });

  test('renames a collection within the database, not out of it', async () => {
    const { as, other } = await userWith(['readWrite']);
    await as.renameCollection('things', 'renamed');
    expect(await as.collection('renamed').countDocuments()).toBe(1);
    const away = { renameCollection: `${as.databaseName}.renamed`, to: `${other.databaseName}.stolen` };
    expect(await refusalCode(as.admin().command(away))).toBe(13);
  });
});

test('an admin sees every database', async () => {
  const { db } = await userWith([]);
  const { databases } = await server.admin.db().admin().listDatabases();
  expect(databases.map(({ name }) => name)).toEqual(expect.arrayContaining([db.databaseName, 'admin']));
});
