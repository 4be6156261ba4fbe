import { BSON, type Document } from 'mongodb';

/** Options with which every message is read, so that each value can be written back with the type that it came with. */
export const exactly: BSON.DeserializeOptions = {
  promoteValues: false,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
};

/** The number in a numeric value of any type, or undefined for everything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof BSON.Int32 || value instanceof BSON.Double) return value.valueOf();
  if (value instanceof BSON.Long) return value.toNumber();
  if (value instanceof BSON.Decimal128) return Number(value.toString());
  return undefined;
}

/** Whether a flag is set: true, or a number other than 0. */
export function truthy(value: unknown): boolean {
  return value === true || (numberIn(value) ?? 0) !== 0;
}

/** An embedded document, as opposed to an array, a date, null or a special BSON type. */
export function isObject(value: unknown): value is Document {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !('_bsontype' in value) && !(value instanceof Date) && !(value instanceof Uint8Array);
}

const bsonTypeNames: Readonly<Record<string, string>> = {
  Int32: 'int',
  Double: 'double',
  Long: 'long',
  Decimal128: 'decimal',
  Binary: 'binData',
  ObjectId: 'objectId',
  BSONRegExp: 'regex',
  Timestamp: 'timestamp',
  Code: 'javascript',
  MinKey: 'minKey',
  MaxKey: 'maxKey',
  BSONSymbol: 'symbol',
  DBRef: 'object',
};

/** The name of a value's BSON type, as error messages and `$type` spell it. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'double';
  if (typeof value === 'bigint') return 'long';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'date';
  if (value instanceof RegExp) return 'regex';
  if (value instanceof Uint8Array) return 'binData';
  if (typeof value === 'object' && '_bsontype' in value) return bsonTypeNames[String(value._bsontype)] ?? 'object';
  return 'object';
}
