import type { Document } from 'mongodb';
import { isObject } from '../values/values';

/**
 * What a dotted path leads to in a document. An array on the way is gone through element by element (and by index, where
 * the path has a number), so there may be several values, or none; a field that is not there gives undefined.
 */
export function valuesAt(value: unknown, path: string): unknown[] {
  return follow(value, path.split('.'), 0);
}

function follow(value: unknown, parts: readonly string[], at: number): unknown[] {
  const part = parts[at];
  if (part === undefined) return [value];
  if (Array.isArray(value)) {
    const indexed = isIndex(part) && Number(part) < value.length ? follow(value[Number(part)], parts, at + 1) : [];
    return [...indexed, ...value.filter(isObject).flatMap((element) => follow(element, parts, at))];
  }
  if (!isObject(value) || !Object.hasOwn(value, part)) return [undefined];
  return follow(value[part], parts, at + 1);
}

/** The values that a condition is held against: an array stands for each of its elements, and for itself. */
export function candidates(values: readonly unknown[]): unknown[] {
  return values.flatMap((value) => (Array.isArray(value) ? [...value, value] : [value]));
}

export function isIndex(part: string): boolean {
  return /^(0|[1-9]\d*)$/.test(part);
}

/** A copy that can be changed: documents and arrays are new, all other values are never changed in place. */
export function copyOf<T>(value: T): T;
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => copyOf(element));
  if (!isObject(value)) return value;
  const copy: Document = {};
  for (const [name, inner] of Object.entries(value)) setField(copy, name, copyOf(inner));
  return copy;
}

/** Sets a field whatever its name, `__proto__` included. */
export function setField(document: Document, name: string, value: unknown): void {
  Object.defineProperty(document, name, { value, writable: true, enumerable: true, configurable: true });
}
