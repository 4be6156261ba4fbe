import { type Collection, type Document, ObjectId } from 'mongodb';
import { refusal, refusalCode, useMongod } from './support/use-mongod';

const server = useMongod();
const newCollection = (): Collection<Document> => server.admin.db(server.newDb()).collection('things');
const plain = { projection: { _id: 0 } };

async function withDocument(document: Document): Promise<Collection<Document>> {
  const things = newCollection();
  await things.insertOne({ ...document });
  return things;
}

describe('insert', () => {
  test('gives a document without _id one, in front', async () => {
    const things = newCollection();
    await things.insertOne({ n: 1 }, { forceServerObjectId: true });
    const stored = await things.findOne();
    expect(stored?._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(stored ?? {})).toEqual(['_id', 'n']);
  });

  test('case 1.48 a duplicate key is an error of that document, not of the command', async () => {
    const things = newCollection();
    const { databaseName: db } = server.admin.db(things.dbName);
    const documents = [{ _id: 1 }, { _id: 2 }, { _id: 1 }, { _id: 3 }];
    const reply = await server.admin.db(db).command({ insert: 'things', documents, ordered: false });
    expect(reply).toMatchObject({ ok: 1, n: 3, writeErrors: [{ index: 2, code: 11000 }] });
    expect(reply.writeErrors[0]).toMatchObject({ keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
    if (server.embedded) {
      const text = `E11000 duplicate key error collection: ${db}.things index: _id_ dup key: { _id: 1 }`;
      expect(reply.writeErrors[0].errmsg).toBe(text);
    }
    expect(await things.countDocuments()).toBe(3);
  });

  test('an ordered one ends at its first error', async () => {
    const things = newCollection();
    const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const reply = await server.admin.db(things.dbName).command({ insert: 'things', documents });
    expect(reply).toMatchObject({ ok: 1, n: 1, writeErrors: [{ index: 1, code: 11000 }] });
    expect(await things.find().toArray()).toEqual([{ _id: 1 }]);
  });

  test('refuses an array as _id, a bad collection name and an empty batch', async () => {
    const { dbName } = newCollection();
    const db = server.admin.db(dbName);
    expect(await refusalCode(db.collection('things').insertOne({ _id: [1] } as Document))).toBe(
      server.isAtLeast(5) ? 53 : 2,
    );
    expect(await refusalCode(db.command({ insert: 'a$b', documents: [{ a: 1 }] }))).toBe(73);
    expect(await refusalCode(db.command({ insert: 'things', documents: [] }))).toBe(16);
    expect(await refusalCode(db.command({ insert: 'things' }))).toBe(40414);
  });
});

describe('a unique index', () => {
  test('refuses a second document of the same value, by insert, update and upsert', async () => {
    const things = newCollection();
    await things.createIndex({ mail: 1 }, { unique: true });
    await things.insertMany([{ mail: 'a' }, { mail: 'b' }]);
    const { code, reply } = await refusal(things.insertOne({ mail: 'a' }));
    expect(code).toBe(11000);
    expect(reply).toMatchObject({ keyPattern: { mail: 1 }, keyValue: { mail: 'a' } });
    expect(await refusalCode(things.updateOne({ mail: 'b' }, { $set: { mail: 'a' } }))).toBe(11000);
    expect(await refusalCode(things.updateOne({ x: 1 }, { $set: { mail: 'a' } }, { upsert: true }))).toBe(11000);
    expect((await things.find({}, plain).toArray()).map(({ mail }) => mail)).toEqual(['a', 'b']);
  });

  test('lets a value go with its document', async () => {
    const things = newCollection();
    await things.createIndex({ mail: 1 }, { unique: true });
    await things.insertOne({ mail: 'a' });
    await things.updateOne({ mail: 'a' }, { $set: { mail: 'b' } });
    await things.insertOne({ mail: 'a' });
    await things.deleteOne({ mail: 'b' });
    await things.insertOne({ mail: 'b' });
    expect(await things.countDocuments()).toBe(2);
  });

  test('a missing field counts as null, unless the index is sparse', async () => {
    const things = newCollection();
    await things.createIndex({ a: 1 }, { unique: true });
    await things.createIndex({ b: 1 }, { unique: true, sparse: true });
    await things.insertOne({ a: 1 });
    await things.insertOne({ a: 2 });
    await things.insertOne({ b: 1 });
    expect(await refusalCode(things.insertOne({ b: 2 }))).toBe(11000);
  });

  test('cannot be made over documents that are not unique', async () => {
    const things = await withDocument({ a: 1 });
    await things.insertOne({ a: 1 });
    expect(await refusalCode(things.createIndex({ a: 1 }, { unique: true }))).toBe(11000);
    expect((await things.indexes()).map(({ name }) => name)).toEqual(['_id_']);
  });
});

type Case = [update: Document | Document[], before: Document, after: Document, options?: Document];

const updates: [string, ...Case][] = [
  ['$set, dotted', { $set: { 'a.b': 2 } }, { a: { b: 1, c: 1 } }, { a: { b: 2, c: 1 } }],
  ['$set, making the way', { $set: { 'a.b.c': 1 } }, {}, { a: { b: { c: 1 } } }],
  ['$set, by index', { $set: { 'a.1': 9 } }, { a: [1, 2] }, { a: [1, 9] }],
  ['$unset', { $unset: { a: '', 'b.c': '' } }, { a: 1, b: { c: 1, d: 1 } }, { b: { d: 1 } }],
  ['$unset of nothing', { $unset: { 'x.y': '' } }, { a: 1 }, { a: 1 }],
  ['$inc and $mul', { $inc: { a: 2, c: 1 }, $mul: { b: 3, d: 3 } }, { a: 1, b: 2 }, { a: 3, b: 6, c: 1, d: 0 }],
  ['$min and $max', { $min: { a: 1, b: 9 }, $max: { c: 9 } }, { a: 2, b: 2, c: 2 }, { a: 1, b: 2, c: 9 }],
  ['$rename', { $rename: { a: 'b.c' } }, { a: 1 }, { b: { c: 1 } }],
  ['$push', { $push: { a: 3, b: 1 } }, { a: [1] }, { a: [1, 3], b: [1] }],
  [
    '$push with $each, $sort and $slice',
    { $push: { a: { $each: [5, 1], $sort: -1, $slice: 2 } } },
    { a: [3] },
    { a: [5, 3] },
  ],
  ['$push with $position', { $push: { a: { $each: [0], $position: 0 } } }, { a: [1] }, { a: [0, 1] }],
  [
    '$push with $sort by a field',
    { $push: { a: { $each: [{ n: 1 }], $sort: { n: 1 } } } },
    { a: [{ n: 2 }] },
    { a: [{ n: 1 }, { n: 2 }] },
  ],
  ['$addToSet', { $addToSet: { a: { $each: [1, 2] } } }, { a: [1] }, { a: [1, 2] }],
  ['$pull by value', { $pull: { a: 1 } }, { a: [1, 2, 1] }, { a: [2] }],
  ['$pull by condition', { $pull: { a: { $gte: 2 } } }, { a: [1, 2, 3] }, { a: [1] }],
  ['$pull by fields', { $pull: { a: { n: 1 } } }, { a: [{ n: 1, m: 1 }, { n: 2 }] }, { a: [{ n: 2 }] }],
  ['$pullAll', { $pullAll: { a: [1, 3] } }, { a: [1, 2, 3] }, { a: [2] }],
  ['$pop', { $pop: { a: 1, b: -1 } }, { a: [1, 2], b: [1, 2] }, { a: [1], b: [2] }],
  ['$bit', { $bit: { a: { or: 5 }, b: { and: 6 } } }, { a: 2, b: 3 }, { a: 7, b: 2 }],
  ['every element', { $inc: { 'a.$[].n': 1 } }, { a: [{ n: 1 }, { n: 2 }] }, { a: [{ n: 2 }, { n: 3 }] }],
  [
    'filtered elements',
    { $set: { 'a.$[x]': 0 } },
    { a: [1, 5, 9] },
    { a: [1, 0, 0] },
    { arrayFilters: [{ x: { $gt: 4 } }] },
  ],
  [
    'filtered elements by a field',
    { $set: { 'a.$[x].ok': true } },
    { a: [{ n: 1 }, { n: 2 }] },
    { a: [{ n: 1 }, { n: 2, ok: true }] },
    { arrayFilters: [{ 'x.n': 2 }] },
  ],
  ['a pipeline', [{ $set: { b: { $add: ['$a', 1] } } }, { $unset: 'a' }], { a: 1 }, { b: 2 }],
];

test.each(updates)('update: %s', async (_, update, before, after, options = {}) => {
  const things = await withDocument(before);
  await things.updateOne({}, update, options);
  expect(await things.findOne({}, plain)).toEqual(after);
});

test('$ is the element that the filter matched', async () => {
  const things = await withDocument({ a: [{ n: 1 }, { n: 2 }, { n: 2 }], b: [1, 2, 3] });
  await things.updateOne({ 'a.n': 2 }, { $set: { 'a.$.hit': true } });
  await things.updateOne({ b: { $gt: 1 } }, { $inc: { 'b.$': 10 } });
  await things.updateOne({ a: { $elemMatch: { n: 1 } } }, { $set: { 'a.$.one': true } });
  expect(await things.findOne({}, plain)).toEqual({
    a: [{ n: 1, one: true }, { n: 2, hit: true }, { n: 2 }],
    b: [1, 12, 3],
  });
});

const refusals: [string, Document, number][] = [
  ['an unknown operator', { $nope: { a: 1 } }, 9],
  ['another _id', { $set: { _id: 2 } }, 66],
  ['two changes of one path', { $set: { 'a.b': 1 }, $unset: { a: '' } }, 40],
  ['$inc of a text', { $inc: { text: 1 } }, 14],
  ['$inc by a text', { $inc: { n: 'x' } }, 14],
  ['$push to a text', { $push: { text: 1 } }, 2],
  ['a field inside a text', { $set: { 'text.x': 1 } }, 28],
  ['an empty name', { $set: { 'a..b': 1 } }, 56],
];

test.each(refusals)('update refuses %s and changes nothing', async (_, update, code) => {
  const document = { _id: 1, text: 't', n: 1 } as Document;
  const things = await withDocument(document);
  expect(await refusalCode(things.updateOne({}, { ...update }))).toBe(code);
  expect(await things.findOne()).toEqual(document);
});

describe('update', () => {
  test('counts what matched and what changed', async () => {
    const things = newCollection();
    await things.insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
    const result = await things.updateMany({ n: { $gte: 2 } }, { $set: { n: 3 } });
    expect(result).toMatchObject({ matchedCount: 2, modifiedCount: 1, upsertedCount: 0 });
  });

  test('an upsert begins with what the filter says', async () => {
    const things = newCollection();
    const update = { $inc: { count: 1 }, $setOnInsert: { first: true } };
    const made = await things.updateOne({ name: 'a', 'b.c': { $eq: 1 }, d: { $gt: 5 } }, update, { upsert: true });
    expect(made).toMatchObject({ matchedCount: 0, upsertedCount: 1 });
    await things.updateOne({ name: 'a' }, update, { upsert: true });
    expect(await things.find().toArray()).toEqual([
      { _id: made.upsertedId, name: 'a', b: { c: 1 }, count: 2, first: true },
    ]);
  });

  test('a replacement keeps the _id and no field', async () => {
    const things = await withDocument({ _id: 1, a: 1 });
    await things.replaceOne({ a: 1 }, { b: 2 });
    expect(await things.findOne()).toEqual({ _id: 1, b: 2 });
  });
});

describe('writes that had to wait', () => {
  const slow = { $where: 'sleep(50) || true' };

  test('of two updates with one condition, one finds it still met', async () => {
    const things = await withDocument({ state: 'free', by: [] });
    const take = (by: number) =>
      things.updateOne({ state: 'free', ...slow }, { $set: { state: 'taken' }, $push: { by } } as Document);
    const results = await Promise.all([take(1), take(2), take(3)]);
    expect(results.map(({ modifiedCount }) => modifiedCount).sort()).toEqual([0, 0, 1]);
    expect((await things.findOne())?.by).toHaveLength(1);
  });

  test('change nothing in a collection that was dropped meanwhile', async () => {
    const things = await withDocument({ n: 1 });
    const update = things.updateOne(slow, { $set: { n: 2 } });
    await things.drop();
    await update.catch(() => {});
    expect(await things.find().toArray()).toEqual([]);
  });
});

describe('findAndModify', () => {
  test('gives the document before or after', async () => {
    const things = newCollection();
    await things.insertMany([{ n: 1 }, { n: 2 }]);
    const before = await things.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: -1 }, ...plain });
    expect(before).toEqual({ n: 2 });
    const after = await things.findOneAndUpdate({ n: 12 }, { $inc: { n: 10 } }, { returnDocument: 'after', ...plain });
    expect(after).toEqual({ n: 22 });
    const made = await things.findOneAndReplace({ n: 99 }, { n: 99 }, { upsert: true, includeResultMetadata: true });
    expect(made).toMatchObject({ value: null, lastErrorObject: { n: 1, updatedExisting: false } });
    expect(await things.findOneAndDelete({ n: 1 }, plain)).toEqual({ n: 1 });
    expect(await things.countDocuments()).toBe(2);
  });
});
