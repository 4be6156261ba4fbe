import { BSON, type Document } from 'mongodb';
import { compareValues, sameValue } from '../values/bson-order';
import { ServerError } from '../values/errors';
import { isObject, numberIn, typeName } from '../values/values';
import { compileElement } from './match';
import { valuesAt } from './paths';
import type { Change } from './update-paths';

/** The update operators that change one field at a time, each with its argument for that field. */
export const changes: Readonly<Record<string, (argument: unknown, path: string) => Change>> = {
  $set: (argument) => () => argument,
  $unset: () => () => undefined,
  $inc: combine('$inc'),
  $mul: combine('$mul'),
  $min: (argument) => (current) => (current === undefined || compareValues(argument, current) < 0 ? argument : current),
  $max: (argument) => (current) => (current === undefined || compareValues(argument, current) > 0 ? argument : current),
  $currentDate: (argument) => () =>
    isObject(argument) && argument.$type === 'timestamp'
      ? new BSON.Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 })
      : new Date(),
  $push:
    (argument, path) =>
    (current = []) =>
      push(listAt('$push', path, current), argument),
  $addToSet:
    (argument, path) =>
    (current = []) => {
      const list = [...listAt('$addToSet', path, current)];
      for (const added of eachOf(argument)) if (!list.some((element) => sameValue(element, added))) list.push(added);
      return list;
    },
  $pop: (argument, path) => (current) => {
    if (current === undefined) return undefined;
    const list = listAt('$pop', path, current);
    return (numberIn(argument) ?? 1) < 0 ? list.slice(1) : list.slice(0, -1);
  },
  $pull: (argument, path) => pull(compileElement(argument), '$pull', path),
  $pullAll: (argument, path) => {
    const gone = listAt('$pullAll', path, argument);
    return pull((element) => gone.some((one) => sameValue(one, element)), '$pullAll', path);
  },
  $bit: (argument, path) => (current) => {
    const [[name, operand] = ['', undefined]] = Object.entries(isObject(argument) ? argument : {});
    const [a, b] = [wholeAt(path, current ?? new BSON.Int32(0)), wholeAt(path, operand)];
    if (name === 'and') return whole(a & b, current, operand);
    if (name === 'or') return whole(a | b, current, operand);
    if (name === 'xor') return whole(a ^ b, current, operand);
    throw new ServerError(2, `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
  },
};

function listAt(operator: string, path: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ServerError(2, `The field '${path}' must be an array but is of type ${typeName(value)} (${operator})`);
}

function pull(goes: (element: unknown) => boolean, operator: string, path: string): Change {
  return (current) =>
    current === undefined ? undefined : listAt(operator, path, current).filter((element) => !goes(element));
}

function eachOf(argument: unknown): unknown[] {
  if (!isObject(argument) || argument.$each === undefined) return [argument];
  if (!Array.isArray(argument.$each)) throw new ServerError(2, 'The argument to $each must be an array');
  return argument.$each;
}

function push(list: readonly unknown[], argument: unknown): unknown[] {
  const added = eachOf(argument);
  const { $position, $slice, $sort }: Document = isObject(argument) && argument.$each ? argument : {};
  const at = numberIn($position) ?? list.length;
  let result = [...list];
  result.splice(at, 0, ...added);
  if ($sort !== undefined) result.sort(elementOrder($sort));
  const kept = numberIn($slice);
  if (kept !== undefined) result = kept < 0 ? result.slice(kept) : result.slice(0, kept);
  return result;
}

function elementOrder(sort: unknown): (a: unknown, b: unknown) => number {
  if (!isObject(sort)) return (a, b) => compareValues(a, b) * (numberIn(sort) ?? 1);
  return (a, b) => {
    for (const [path, direction] of Object.entries(sort)) {
      const order = compareValues(valuesAt(a, path)[0], valuesAt(b, path)[0]) * (numberIn(direction) ?? 1);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Adds or multiplies; the result has the wider of the two types, and an int that gets too large becomes a long. */
function combine(operator: '$inc' | '$mul'): (argument: unknown, path: string) => Change {
  return (argument, path) =>
    (current = new BSON.Int32(0)) => {
      const [a, b] = [numberIn(current), numberIn(argument)];
      if (b === undefined) throw new ServerError(14, `Cannot ${operator} with non-numeric argument: {${path}}`);
      const types = [typeName(current), typeName(argument)];
      if (a === undefined) {
        throw new ServerError(14, `Cannot apply ${operator} to a value of non-numeric type (${path}: ${types[0]})`);
      }
      const number = operator === '$inc' ? a + b : a * b;
      if (types.includes('decimal')) return BSON.Decimal128.fromString(String(Number(number.toPrecision(15))));
      if (types.includes('double')) return new BSON.Double(number);
      const [x, y] = [wholeAt(path, current), wholeAt(path, argument)];
      return whole(operator === '$inc' ? x + y : x * y, current, argument);
    };
}

function wholeAt(path: string, value: unknown): bigint {
  if (value instanceof BSON.Long) return value.toBigInt();
  const number = numberIn(value);
  if (number !== undefined && Number.isInteger(number)) return BigInt(number);
  throw new ServerError(
    2,
    `Cannot apply the operator to a value that is no whole number (${path}: ${typeName(value)})`,
  );
}

function whole(value: bigint, ...operands: unknown[]): BSON.Int32 | BSON.Long {
  if (BigInt.asIntN(64, value) !== value) throw new ServerError(2, 'Failed to apply the operation: integer overflow');
  const narrow = operands.every((operand) => !(operand instanceof BSON.Long)) && BigInt.asIntN(32, value) === value;
  return narrow ? new BSON.Int32(Number(value)) : BSON.Long.fromBigInt(value);
}
