import {
  Binary,
  type Collection,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb';
import { useMongod } from './support/use-mongod';

const server = useMongod();

const newCollection = (): Collection<Document> => server.admin.db(server.newDb()).collection('values');
/** Makes the driver show the types that the server sent. */
const exact = { promoteValues: false, promoteLongs: false, promoteBuffers: false };

const samples: [string, unknown, string][] = [
  ['an int', new Int32(5), 'int'],
  ['a double without fraction', new Double(5), 'double'],
  ['a long', Long.fromNumber(5), 'long'],
  ['a long beyond what a double can hold', Long.fromString('9007199254740993'), 'long'],
  ['a decimal', Decimal128.fromString('5.10'), 'decimal'],
  ['a date', new Date('2026-11-24T08:00:00.123Z'), 'date'],
  ['binary data', new Binary(Buffer.from([0, 255, 254]), 0), 'binData'],
  ['a UUID', new Binary(Buffer.alloc(16, 0xfe), 4), 'binData'],
  ['an object id', new ObjectId(), 'objectId'],
  ['a timestamp', new Timestamp({ t: 1, i: 2 }), 'timestamp'],
  ['a text', 'five', 'string'],
  ['null', null, 'null'],
  ['a truth value', false, 'bool'],
  ['the least key', new MinKey(), 'minKey'],
  ['the greatest key', new MaxKey(), 'maxKey'],
];

describe.each(samples)('%s', (_, value, type) => {
  test('comes back as it was written, and is found by value and by type', async () => {
    const values = newCollection();
    await values.insertOne({ _id: new ObjectId(), v: value, inner: { list: [value] } });
    const stored = await values.findOne({ v: value }, exact);
    expect(stored?.v).toEqual(value);
    expect(stored?.inner).toEqual({ list: [value] });
    expect(await values.countDocuments({ v: { $type: type } })).toBe(1);
    expect(await values.countDocuments({ 'inner.list': value })).toBe(1);
  });

  test('keeps its type when another field is updated, and through a pipeline', async () => {
    const values = newCollection();
    await values.insertOne({ v: value, other: 1 });
    await values.updateOne({}, { $inc: { other: 1 } });
    await values.updateOne({}, [{ $set: { more: '$v' } }]);
    expect(await values.findOne({}, { projection: { _id: 0, more: 1 }, ...exact })).toEqual({ more: value });
    const [stored] = await values.aggregate([{ $match: {} }, { $project: { v: 1, _id: 0 } }], exact).toArray();
    expect(stored).toEqual({ v: value });
  });

  test('serves as an _id, once', async () => {
    const values = newCollection();
    const asGiven = { forceServerObjectId: true };
    await values.insertOne({ _id: value } as Document, asGiven);
    await expect(values.insertOne({ _id: value } as Document, asGiven)).rejects.toMatchObject({ code: 11000 });
    expect(await values.findOne({ _id: value } as Document, exact)).toEqual({ _id: value });
  });
});

test('a number is found, and held for the same by an index, in every numeric type', async () => {
  const values = newCollection();
  await values.insertOne({ _id: new Int32(7) } as Document);
  for (const same of [new Double(7), Long.fromNumber(7), Decimal128.fromString('7')]) {
    expect(await values.countDocuments({ _id: same } as Document)).toBe(1);
    await expect(values.insertOne({ _id: same } as Document)).rejects.toMatchObject({ code: 11000 });
  }
});

test('two longs that are one double are two numbers', async () => {
  const values = newCollection();
  const [a, b] = [Long.fromString('9007199254740992'), Long.fromString('9007199254740993')];
  await values.insertMany([{ v: b }, { v: a }]);
  expect(await values.findOne({ v: a }, exact)).toMatchObject({ v: a });
  expect((await values.find({}, exact).sort({ v: 1 }).toArray()).map(({ v }) => v)).toEqual([a, b]);
});

test('adding gives the wider type, and an int grows into a long', async () => {
  const values = newCollection();
  await values.insertOne({ int: new Int32(2147483647), double: new Double(1), long: Long.fromNumber(1) });
  await values.updateOne(
    {},
    { $inc: { int: new Int32(1), double: new Int32(1), long: new Int32(1), made: new Int32(1) } },
  );
  expect(await values.findOne({}, { projection: { _id: 0 }, ...exact })).toEqual({
    int: Long.fromNumber(2147483648),
    double: new Double(2),
    long: Long.fromNumber(2),
    made: new Int32(1),
  });
});

test('values of different types sort in the order of their types', async () => {
  const values = newCollection();
  const inOrder = [
    new MinKey(),
    null,
    new Double(-1.5),
    new Int32(3),
    'a',
    { a: new Int32(1) },
    new Binary(Buffer.from('x'), 0),
    new ObjectId(),
    false,
    true,
    new Date(0),
    new MaxKey(),
  ];
  await values.insertMany([...inOrder].reverse().map((v) => ({ v })));
  expect((await values.find({}, exact).sort({ v: 1 }).toArray()).map(({ v }) => v)).toEqual(inOrder);
});

test('a field named __proto__ is a field like any other', async () => {
  const values = newCollection();
  const document = JSON.parse('{"v": 1, "__proto__": {"polluted": true}}');
  await values.insertOne(document);
  await values.updateOne({ v: 1 }, { $set: { '__proto__.more': true } });
  const stored = await values.findOne({ v: 1 });
  const own = Object.getOwnPropertyDescriptor(stored, '__proto__')?.value;
  expect(own).toEqual({ polluted: true, more: true });
  expect(({} as Document).polluted).toBeUndefined();
  expect(({} as Document).more).toBeUndefined();
});
