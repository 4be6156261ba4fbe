import { BSON, type Document } from 'mongodb';
import { compareValues, rankOf, sameValue } from '../values/bson-order';
import { ServerError } from '../values/errors';
import { isObject, numberIn, truthy, typeName } from '../values/values';
import { isTrue } from './expressions';
import { candidates, valuesAt } from './paths';
import { fits, regexIn, toRegex, typeTest } from './value-tests';

export type Predicate = (document: Document) => boolean;

/** Holds one condition against the values that its path leads to. */
type Test = (values: readonly unknown[]) => boolean;

/**
 * A find filter as a function. Values keep their BSON types, so that 5 matches in every numeric type and `$type` can tell
 * them apart; unknown operators are refused.
 */
export function compileFilter(filter: unknown): Predicate {
  if (!isObject(filter))
    throw new ServerError(14, `Expected field filter to be of type object, not ${typeName(filter)}`);
  const predicates = Object.entries(filter).map(([name, condition]) => {
    if (name.startsWith('$')) return compileLogical(name, condition);
    const test = compileCondition(condition);
    return (document: Document) => test(valuesAt(document, name));
  });
  return (document) => predicates.every((predicate) => predicate(document));
}

function compileLogical(name: string, operand: unknown): Predicate {
  if (name === '$comment') return () => true;
  if (name === '$expr') return (document) => isTrue(operand, document);
  if (name === '$where') throw new ServerError(2, '$where is not supported here');
  if (name !== '$and' && name !== '$or' && name !== '$nor') {
    throw new ServerError(2, `unknown top level operator: ${name}`);
  }
  if (!Array.isArray(operand) || operand.length === 0) throw new ServerError(2, `${name} must be a nonempty array`);
  const parts = operand.map((part) => compileFilter(part));
  if (name === '$and') return (document) => parts.every((part) => part(document));
  const wanted = name === '$or';
  return (document) => parts.some((part) => part(document)) === wanted;
}

/** Whether a condition is made of operators, rather than being a value to compare with. */
export function hasOperators(condition: unknown): condition is Document {
  return isObject(condition) && Object.keys(condition)[0]?.startsWith('$') === true && condition.$ref === undefined;
}

/** A condition on one field, or on one element of an array. */
export function compileCondition(condition: unknown): Test {
  if (!hasOperators(condition)) return equalTo(condition);
  const tests = Object.entries(condition).map(([name, operand]) => {
    const compile = operators[name];
    if (compile === undefined) throw new ServerError(2, `unknown operator: ${name}`);
    return compile(operand, condition);
  });
  return (values) => tests.every((test) => test(values));
}

function equalTo(operand: unknown): Test {
  const pattern = regexIn(operand);
  return (values) =>
    candidates(values).some((value) => sameValue(value, operand) || (pattern !== undefined && fits(pattern, value)));
}

function inOrder(accepts: (order: number) => boolean): (operand: unknown) => Test {
  return (operand) => (values) =>
    candidates(values).some((value) => {
      const comparable = rankOf(value) === rankOf(operand) || isBound(operand);
      return comparable && accepts(compareValues(value, operand));
    });
}

/** MinKey and MaxKey compare with every type; other values with their own only. */
function isBound(value: unknown): boolean {
  return value instanceof BSON.MinKey || value instanceof BSON.MaxKey;
}

const not =
  (compile: (operand: unknown) => Test) =>
  (operand: unknown): Test => {
    const test = compile(operand);
    return (values) => !test(values);
  };

function listIn(name: string, operand: unknown): unknown[] {
  if (!Array.isArray(operand)) throw new ServerError(2, `${name} needs an array`);
  return operand;
}

function anyOf(name: string): (operand: unknown) => Test {
  return (operand) => {
    const tests = listIn(name, operand).map(equalTo);
    return (values) => tests.some((test) => test(values));
  };
}

const operators: Readonly<Record<string, (operand: unknown, condition: Document) => Test>> = {
  $eq: (operand) => (values) => candidates(values).some((value) => sameValue(value, operand)),
  $ne: not(equalTo),
  $gt: inOrder((order) => order > 0),
  $gte: inOrder((order) => order >= 0),
  $lt: inOrder((order) => order < 0),
  $lte: inOrder((order) => order <= 0),
  $in: anyOf('$in'),
  $nin: not(anyOf('$nin')),
  $not: not((operand) => {
    if (hasOperators(operand) || regexIn(operand)) return compileCondition(operand);
    throw new ServerError(2, '$not needs a regex or a document');
  }),
  $exists: (operand) => (values) => values.some((value) => value !== undefined) === truthy(operand),
  $type: (operand) => {
    const types = (Array.isArray(operand) ? operand : [operand]).map(typeTest);
    return (values) => candidates(values).some((value) => types.some((test) => test(value)));
  },
  $size: (operand) => {
    const size = numberIn(operand);
    if (size === undefined || size < 0 || !Number.isInteger(size)) {
      throw new ServerError(2, 'Failed to parse $size. Expected a non-negative whole number');
    }
    return (values) => values.some((value) => Array.isArray(value) && value.length === size);
  },
  $mod: (operand) => {
    const [divisor, remainder] = listIn('$mod', operand).map((part) => Math.trunc(numberIn(part) ?? Number.NaN));
    if (!divisor || remainder === undefined) throw new ServerError(2, 'malformed mod, needs a divisor and a remainder');
    return (values) =>
      candidates(values).some((value) => Math.trunc(numberIn(value) ?? Number.NaN) % divisor === remainder);
  },
  $regex: (operand, { $options }) => {
    const pattern = regexIn(operand) ?? toRegex(String(operand), '');
    const flags = typeof $options === 'string' ? toRegex(pattern.source, $options) : pattern;
    return (values) => candidates(values).some((value) => fits(flags, value));
  },
  $options: (_, { $regex }) => {
    if ($regex === undefined) throw new ServerError(2, '$options needs a $regex');
    return () => true;
  },
  $all: (operand) => {
    const parts = listIn('$all', operand);
    const tests = parts.map((part) => (hasOperators(part) ? compileCondition(part) : equalTo(part)));
    return (values) => tests.length > 0 && tests.every((test) => test(values));
  },
  $elemMatch: (operand) => {
    const fitsElement = compileElement(operand);
    return (values) => values.some((value) => Array.isArray(value) && value.some(fitsElement));
  },
};

/** A test of single array elements, as `$elemMatch` and `$pull` have it: of values, or of documents by their fields. */
export function compileElement(condition: unknown): (element: unknown) => boolean {
  const [first] = Object.keys(isObject(condition) ? condition : {});
  if (!isObject(condition) || (hasOperators(condition) && !['$and', '$or', '$nor', '$expr'].includes(first ?? ''))) {
    const test = compileCondition(condition);
    return (element) => test([element]);
  }
  const predicate = compileFilter(condition);
  return (element) => isObject(element) && predicate(element);
}
