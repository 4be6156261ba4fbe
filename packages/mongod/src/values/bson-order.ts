import { BSON } from 'mongodb';
import { isObject, numberIn, typeName } from './values';

/** The order in which values of different types sort; types of one rank compare with each other. */
const typesInOrder = [
  ...['minKey', 'missing null', 'int long double decimal', 'string symbol', 'object', 'array', 'binData', 'objectId'],
  ...['bool', 'date', 'timestamp', 'regex', 'javascript', 'others', 'maxKey'],
];
const ranks = new Map(typesInOrder.flatMap((types, rank) => types.split(' ').map((type) => [type, rank])));

const [numbers, texts] = [ranks.get('int'), ranks.get('string')];
/** Of types that have one value only. */
const alike = ['minKey', 'null', 'maxKey'].map((type) => ranks.get(type));

/** The place of a value's type in the order of types. */
export function rankOf(value: unknown): number {
  return ranks.get(typeName(value)) ?? typesInOrder.indexOf('others');
}

/** Compares any two BSON values in the server's order: by type, then by value. A missing value counts as null. */
export function compareValues(a: unknown, b: unknown): number {
  const byType = rankOf(a) - rankOf(b);
  if (byType !== 0) return Math.sign(byType);
  const rank = rankOf(a);
  if (rank === numbers) return compareNumbers(a, b);
  if (rank === texts) return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
  if (a instanceof Date && b instanceof Date) return Math.sign(a.getTime() - b.getTime());
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (isObject(a) && isObject(b)) return compareObjects(a, b);
  if (a instanceof BSON.Binary && b instanceof BSON.Binary) return compareBinaries(a, b);
  if (a instanceof BSON.Timestamp && b instanceof BSON.Timestamp) return a.compare(b);
  if (alike.includes(rank)) return 0;
  return compareText(keyOf(a), keyOf(b));
}

/** Whether two values are the same to a query: 5 is 5 in every numeric type. */
export function sameValue(a: unknown, b: unknown): boolean {
  return compareValues(a, b) === 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareNumbers(a: unknown, b: unknown): number {
  const [whole, other] = [wholeIn(a), wholeIn(b)];
  if (whole !== undefined && other !== undefined) return whole < other ? -1 : whole > other ? 1 : 0;
  const [x, y] = [numberIn(a) ?? Number.NaN, numberIn(b) ?? Number.NaN];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
  return Math.sign(x === y ? 0 : x - y);
}

/** A number without fraction, exactly; undefined for all others. */
function wholeIn(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof BSON.Long) return value.toBigInt();
  if (value instanceof BSON.Decimal128) return wholeInText(value.toString());
  const number = numberIn(value);
  return number !== undefined && Number.isInteger(number) ? BigInt(number) : undefined;
}

function wholeInText(text: string): bigint | undefined {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const number = Number(text);
  return Number.isSafeInteger(number) && !/\.\d*[1-9]/.test(text) ? BigInt(number) : undefined;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const order = compareValues(a[index], b[index]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

/** Field by field in the order in which they are stored: type, then name, then value. */
function compareObjects(a: object, b: object): number {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  for (const [index, [name, value]] of left.entries()) {
    const field = right[index];
    if (field === undefined) return 1;
    const order = rankOf(value) - rankOf(field[1]) || compareText(name, field[0]) || compareValues(value, field[1]);
    if (order !== 0) return Math.sign(order);
  }
  return Math.sign(left.length - right.length);
}

function compareBinaries(a: BSON.Binary, b: BSON.Binary): number {
  return Math.sign(a.length() - b.length() || a.sub_type - b.sub_type || Buffer.compare(a.value(), b.value()));
}

/** A text that is the same for values which are the same to an index, and for no others. */
export function keyOf(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  const rank = rankOf(value);
  if (rank === numbers) return `n${wholeIn(value) ?? numberIn(value)}`;
  if (rank === texts) return `s${JSON.stringify(String(value))}`;
  if (value instanceof Date) return `d${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join()}]`;
  if (isObject(value)) {
    return `{${Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${keyOf(inner)}`)}}`;
  }
  if (value instanceof BSON.Binary) return `b${value.sub_type}:${value.toString('hex')}`;
  if (value instanceof BSON.ObjectId) return `o${value.toHexString()}`;
  return `${typeName(value)}:${BSON.EJSON.stringify(value, { relaxed: false })}`;
}
