import type { Collection, Document } from 'mongodb';
import { refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
const newCollection = (): Collection<Document> => server.admin.db(server.newDb()).collection('things');

const people: Document[] = [
  { _id: 1, name: 'Ann', age: 30, tags: ['a', 'b'], home: { city: 'Bern' }, marks: [{ n: 1 }, { n: 5 }] },
  { _id: 2, name: 'bob', age: 25, tags: [], home: { city: 'Basel' }, marks: [{ n: 3 }] },
  { _id: 3, name: 'Cid', age: null, tags: ['b'] },
  { _id: 4, name: 'dan', tags: 'b', home: null },
];

let things: Collection<Document>;
beforeAll(async () => {
  things = newCollection();
  await things.insertMany(people);
});

const filters: [string, Document, number[]][] = [
  ['a value', { name: 'Ann' }, [1]],
  ['an element of an array', { tags: 'b' }, [1, 3, 4]],
  ['a whole array', { tags: ['a', 'b'] }, [1]],
  ['a dotted path', { 'home.city': 'Bern' }, [1]],
  ['a path through an array', { 'marks.n': { $gt: 4 } }, [1]],
  ['an index in an array', { 'tags.0': 'b' }, [3]],
  ['null, which a missing field is too', { age: null }, [3, 4]],
  ['$exists', { age: { $exists: false } }, [4]],
  ['$ne', { name: { $ne: 'Ann' } }, [2, 3, 4]],
  ['$gt, of its own type only', { age: { $gt: 26 } }, [1]],
  ['$lte', { age: { $lte: 30 } }, [1, 2]],
  ['$in with a pattern', { name: { $in: ['bob', /^C/] } }, [2, 3]],
  ['$nin', { name: { $nin: ['Ann', 'bob'] } }, [3, 4]],
  ['a regular expression', { name: /an/i }, [1, 4]],
  ['$regex with $options', { name: { $regex: '^B', $options: 'i' } }, [2]],
  ['$not', { name: { $not: /^[A-Z]/ } }, [2, 4]],
  ['$and, $or', { $and: [{ $or: [{ age: 25 }, { age: 30 }] }, { tags: 'a' }] }, [1]],
  ['$nor', { $nor: [{ age: 25 }, { tags: 'b' }] }, []],
  ['$size', { tags: { $size: 1 } }, [3]],
  ['$all', { tags: { $all: ['b', 'a'] } }, [1]],
  ['$elemMatch of fields', { marks: { $elemMatch: { n: { $gt: 1, $lt: 5 } } } }, [2]],
  ['$elemMatch of values', { tags: { $elemMatch: { $eq: 'a' } } }, [1]],
  ['$mod', { age: { $mod: [10, 5] } }, [2]],
  ['$type', { home: { $type: 'null' } }, [4]],
  ['$expr', { $expr: { $eq: [{ $size: { $cond: [{ $isArray: '$tags' }, '$tags', []] } }, 2] } }, [1]],
];

test.each(filters)('find by %s', async (_, filter, ids) => {
  const found = await things.find(filter, { sort: { _id: 1 } }).toArray();
  expect(found.map(({ _id }) => _id)).toEqual(ids);
});

test.each([
  [{ name: { $nope: 1 } }, 2],
  [{ $nope: 1 }, 2],
  [{ tags: { $in: 'x' } }, 2],
  [{ $or: [] }, 2],
])('find refuses %j', async (filter, code) => {
  expect(await refusalCode(things.find(filter as Document).toArray())).toBe(code);
});

test('this server runs no scripts but its own pause', async () => {
  if (!server.embedded) return;
  for (const $where of ['true', 'sleep(1) || process.exit()', 'sleep(1); true', 'sleep(1) || true || x']) {
    expect(await refusalCode(things.find({ $where }).toArray())).toBe(2);
  }
});

const projections: [string, Document, Document][] = [
  ['of some fields', { name: 1 }, { _id: 1, name: 'Ann' }],
  ['without _id', { _id: 0, 'home.city': 1 }, { home: { city: 'Bern' } }],
  ['of all but some', { tags: 0, marks: 0, home: 0 }, { _id: 1, name: 'Ann', age: 30 }],
  ['inside an array', { _id: 0, 'marks.n': 1 }, { marks: [{ n: 1 }, { n: 5 }] }],
  ['with $slice', { _id: 0, name: 1, tags: { $slice: -1 } }, { name: 'Ann', tags: ['b'] }],
  ['with $elemMatch', { _id: 0, marks: { $elemMatch: { n: { $gt: 1 } } } }, { marks: [{ n: 5 }] }],
  ['with a computed field', { _id: 0, next: { $add: ['$age', 1] } }, { next: 31 }],
];

test.each(projections)('a projection %s', async (_, projection, expected) => {
  expect(await things.findOne({ _id: 1 } as Document, { projection })).toEqual(expected);
});

test('a projection with $ shows the element that matched', async () => {
  expect(await things.findOne({ 'marks.n': 5 }, { projection: { _id: 0, 'marks.$': 1 } })).toEqual({
    marks: [{ n: 5 }],
  });
});

test('a projection can not both name fields to keep and to leave out', async () => {
  expect(await refusalCode(things.findOne({}, { projection: { name: 1, age: 0 } }))).toBe(31254);
});

test('sort, skip and limit', async () => {
  const found = await things.find({}, { sort: { age: -1, _id: -1 }, skip: 1, limit: 2 }).toArray();
  expect(found.map(({ _id }) => _id)).toEqual([2, 4]);
  expect(await things.countDocuments({}, { skip: 1, limit: 2 })).toBe(2);
  expect(await things.estimatedDocumentCount()).toBe(4);
  expect(await things.distinct('marks.n')).toEqual([1, 3, 5]);
});

describe('aggregate', () => {
  test('groups, joins and unwinds', async () => {
    const grouped = [{ $unwind: '$tags' }, { $group: { _id: '$tags', n: { $sum: 1 } } }, { $sort: { _id: 1 } }];
    expect(await things.aggregate(grouped).toArray()).toEqual([
      { _id: 'a', n: 1 },
      { _id: 'b', n: 3 },
    ]);
    const lookup = { $lookup: { from: 'things', localField: 'name', foreignField: 'name', as: 'self' } };
    const joined = await things.aggregate([{ $match: { _id: 2 } }, lookup, { $project: { 'self.age': 1 } }]).toArray();
    expect(joined).toEqual([{ _id: 2, self: [{ age: 25 }] }]);
  });

  test('$out replaces a collection, $merge adds to it', async () => {
    const db = server.admin.db(things.dbName);
    await db.collection('copy').insertOne({ old: true });
    await things.aggregate([{ $match: { _id: { $lt: 3 } } }, { $project: { name: 1 } }, { $out: 'copy' }]).toArray();
    const merge = { into: 'copy', whenMatched: 'merge', whenNotMatched: 'insert' };
    await things
      .aggregate([{ $match: { _id: { $gt: 1, $lt: 4 } } }, { $project: { age: 1 } }, { $merge: merge }])
      .toArray();
    expect(await db.collection('copy').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, name: 'Ann' },
      { _id: 2, name: 'bob', age: 25 },
      { _id: 3, age: null },
    ]);
  });

  test('an unknown stage is refused', async () => {
    expect(await refusalCode(things.aggregate([{ $nope: {} }]).toArray())).toBe(40324);
    expect(await refusalCode(things.aggregate([{ $match: {}, $limit: 1 }]).toArray())).toBe(40323);
  });
});

describe('collections', () => {
  test('are created once, listed, renamed and dropped', async () => {
    const db = server.admin.db(server.newDb());
    await db.createCollection('one');
    expect(await refusalCode(db.command({ create: 'one', capped: true, size: 1000 }))).toBeGreaterThan(0);
    expect(await db.listCollections().toArray()).toMatchObject([
      { name: 'one', type: 'collection', options: {}, info: { readOnly: false }, idIndex: { key: { _id: 1 } } },
    ]);
    await db.renameCollection('one', 'two');
    await db.createCollection('three');
    expect(await refusalCode(db.renameCollection('two', 'three'))).toBe(48);
    expect(await db.dropCollection('two')).toBe(true);
    expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(['three']);
    expect(await db.command({ dropDatabase: 1 })).toEqual({
      ok: 1,
      ...(!server.isAtLeast(5) && { dropped: db.databaseName }),
    });
    expect(await db.listCollections().toArray()).toEqual([]);
  });

  test('a collection that is there can not be created with other options', async () => {
    const db = server.admin.db(server.newDb());
    await db.createCollection('one');
    if (server.embedded) expect(await refusalCode(db.command({ create: 'one' }))).toBe(48);
    expect(await refusalCode(db.command({ create: 'a$b' }))).toBe(73);
  });

  test('tell their size', async () => {
    const db = server.admin.db(things.dbName);
    const [stats] = await things.aggregate([{ $collStats: { storageStats: { scale: 1 }, count: {} } }]).toArray();
    expect(stats).toMatchObject({ ns: things.namespace, count: 4, storageStats: { count: 4, nindexes: 1 } });
    expect(await db.command({ collStats: 'things' })).toMatchObject({ ok: 1, count: 4 });
    expect(await db.stats()).toMatchObject({ db: things.dbName, ok: 1 });
    expect(await db.command({ validate: 'things' })).toMatchObject({ valid: true, nrecords: 4 });
  });
});

describe('indexes', () => {
  test('are made once, listed and dropped', async () => {
    const mine = newCollection();
    const db = server.admin.db(mine.dbName);
    const create = { createIndexes: 'things', indexes: [{ key: { a: 1 }, name: 'a_1' }] };
    expect(await db.command(create)).toMatchObject({
      createdCollectionAutomatically: true,
      numIndexesBefore: 1,
      numIndexesAfter: 2,
    });
    expect(await db.command(create)).toMatchObject({ numIndexesAfter: 2, note: 'all indexes already exist' });
    expect(await mine.indexes()).toMatchObject([
      { name: '_id_', key: { _id: 1 } },
      { name: 'a_1', key: { a: 1 } },
    ]);
    expect(await db.command({ dropIndexes: 'things', index: 'a_1' })).toMatchObject({ nIndexesWas: 2 });
    expect(await mine.indexes()).toHaveLength(1);
  });

  test('refusals', async () => {
    const mine = newCollection();
    await mine.createIndex({ a: 1 });
    const db = server.admin.db(mine.dbName);
    const make = (spec: Document) => refusalCode(db.command({ createIndexes: 'things', indexes: [spec] }));
    expect(await make({ key: {}, name: 'x' })).toBe(67);
    expect(await make({ key: { a: 1 }, name: 'other' })).toBe(85);
    expect(await make({ key: { b: 1 }, name: 'a_1' })).toBe(86);
    expect(await refusalCode(mine.dropIndex('nope'))).toBe(27);
    expect(await refusalCode(mine.dropIndex('_id_'))).toBe(72);
    expect(await refusalCode(db.command({ listIndexes: 'nope' }))).toBe(26);
  });
});
