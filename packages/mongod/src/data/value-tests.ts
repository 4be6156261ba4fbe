import { BSON } from 'mongodb';
import { ServerError } from '../values/errors';
import { numberIn, typeName } from '../values/values';

const typeNumbers: Readonly<Record<string, number>> = {
  ...{ minKey: -1, double: 1, string: 2, object: 3, array: 4, binData: 5, objectId: 7, bool: 8, date: 9, null: 10 },
  ...{ regex: 11, javascript: 13, symbol: 14, int: 16, timestamp: 17, long: 18, decimal: 19, maxKey: 127 },
};
const numberOf = (type: string) => (Object.hasOwn(typeNumbers, type) ? typeNumbers[type] : undefined);

export function typeTest(type: unknown): (value: unknown) => boolean {
  if (type === 'number') return (value) => numberIn(value) !== undefined;
  const wanted = typeof type === 'string' ? numberOf(type) : numberIn(type);
  if (!Object.values(typeNumbers).some((known) => known === wanted)) {
    throw new ServerError(2, `Unknown type name alias: ${String(type)}`);
  }
  return (value) => numberOf(typeName(value)) === wanted;
}

export function regexIn(value: unknown): RegExp | undefined {
  if (value instanceof RegExp) return value;
  return value instanceof BSON.BSONRegExp ? toRegex(value.pattern, value.options) : undefined;
}

export function toRegex(pattern: string, options: string): RegExp {
  try {
    return new RegExp(pattern, options.replaceAll(/[^ims]/g, ''));
  } catch {
    throw new ServerError(51091, `Regular expression is invalid: ${pattern}`);
  }
}

export function fits(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}
