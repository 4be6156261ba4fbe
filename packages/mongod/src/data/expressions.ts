import { Aggregator } from 'mingo';
import { BSON, type Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { isObject } from '../values/values';
import { valuesAt } from './paths';

/*
 * Aggregation is computed by mingo, which knows JavaScript's types only: documents are handed to it in plain values, and
 * what it makes of them is given BSON types again.
 */

/** Binary data as mingo can compare it: equal if its text is equal. */
class PlainBinary {
  constructor(readonly binary: BSON.Binary) {}

  toString(): string {
    return `${this.binary.sub_type}:${this.binary.toString('hex')}`;
  }
}

export function toPlain<T extends Document>(value: T): Document;
export function toPlain(value: unknown): unknown;
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => toPlain(element));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toPlain(inner)]));
  if (value instanceof BSON.Int32 || value instanceof BSON.Double) return value.valueOf();
  if (value instanceof BSON.Decimal128) return Number(value.toString());
  if (value instanceof BSON.Long) {
    const number = value.toNumber();
    return Number.isSafeInteger(number) ? number : value.toBigInt();
  }
  if (value instanceof BSON.Binary) return new PlainBinary(value);
  if (value instanceof BSON.BSONRegExp) return new RegExp(value.pattern, value.options.replaceAll(/[^ims]/g, ''));
  return value;
}

export function fromPlain<T extends Document>(value: T): Document;
export function fromPlain(value: unknown): unknown;
export function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element: unknown) => fromPlain(element) ?? null);
  if (isObject(value) && !(value instanceof PlainBinary)) {
    const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(fields.map(([name, inner]) => [name, fromPlain(inner)]));
  }
  if (typeof value === 'number') return numberOf(value);
  if (typeof value === 'bigint') return BSON.Long.fromBigInt(value);
  if (value instanceof PlainBinary) return value.binary;
  if (value instanceof RegExp) return new BSON.BSONRegExp(value.source, value.flags);
  return value;
}

function numberOf(value: number): BSON.Int32 | BSON.Long | BSON.Double {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return new BSON.Double(value);
  return Math.abs(value) < 2 ** 31 ? new BSON.Int32(value) : BSON.Long.fromNumber(value);
}

/** What a stage may need beside its input. */
export interface PipelineContext {
  variables?: Document | undefined;
  /** The documents of another collection of the same database. */
  collection?: ((name: string) => Document[]) | undefined;
}

/** Runs a stage of mingo over documents with BSON types. */
export function runStage(
  documents: readonly Document[],
  stage: Document,
  { collection = () => [], variables = {} }: PipelineContext,
): Document[] {
  const collectionResolver = (name: string) => collection(name).map((document) => toPlain(document));
  try {
    return new Aggregator([toPlain(stage)], { collectionResolver, variables, scriptEnabled: false })
      .run<Document>(documents.map((document) => toPlain(document)))
      .map((document) => fromPlain(document));
  } catch (error) {
    if (error instanceof ServerError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ServerError(message.includes('unregistered pipeline operator') ? 40324 : 2, message);
  }
}

const result = '\u0000';

/** The value of an aggregation expression; undefined if it is missing. */
export function evaluate(expression: unknown, document: Document, variables?: Document): unknown {
  // A plain field need not go through mingo, where its number would lose its type.
  const path = typeof expression === 'string' ? /^\$([^$].*)$/.exec(expression)?.[1] : undefined;
  const [value, ...others] = path === undefined ? [] : valuesAt(document, path);
  if (others.length === 0 && value !== undefined) return value;
  const [computed] = runStage([document], { $addFields: { [result]: expression } }, { variables });
  return computed?.[result];
}

/** Whether an expression holds for a document, as `$expr` asks. */
export function isTrue(expression: unknown, document: Document): boolean {
  const value = toPlain(evaluate(expression, document));
  return value !== false && value !== 0 && value !== null && value !== undefined;
}
