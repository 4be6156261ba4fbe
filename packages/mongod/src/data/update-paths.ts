import type { Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { isObject, typeName } from '../values/values';
import { isIndex, setField } from './paths';

/** Where the positional parts of an update's paths point. */
export interface Positions {
  /** For `$[name]`: which elements it means. */
  named: ReadonlyMap<string, (element: unknown) => boolean>;
  /** For `$`: the first element of the array at this path that the filter matched. */
  firstMatch(path: string, list: readonly unknown[]): number | undefined;
}

/** Makes a field's new value of its present one; undefined stands for a missing field, before and after. */
export type Change = (current: unknown) => unknown;

/** Changes what a path leads to, in place; documents that are missing on the way are made, if there is a value to set. */
export type ChangeAt = (document: Document, path: string, change: Change) => void;

export const changeAtPositions =
  (positions: Positions): ChangeAt =>
  (document, path, change) =>
    step(document, 0, { parts: path.split('.'), change, positions });

/** The same where no part of the path is positional. */
export const changeAt = changeAtPositions({ named: new Map(), firstMatch: () => undefined });

/** A path to be gone to its end, and what happens there. */
interface Way {
  parts: readonly string[];
  change: Change;
  positions: Positions;
}

/** The value of a field whose path goes through documents only. */
export function valueAt(document: Document, path: string): unknown {
  let value: unknown = document;
  for (const part of path.split('.')) value = isObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  return value;
}

function step(holder: unknown, at: number, way: Way): void {
  const { parts, change } = way;
  const part = parts[at] ?? '';
  for (const key of Array.isArray(holder) ? indexesFor(holder, at, way) : [part]) {
    if (part.startsWith('$') && !Array.isArray(holder)) {
      throw new ServerError(2, `Cannot apply array updates to non-array element: ${parts.slice(0, at).join('.')}`);
    }
    const current = read(holder, key);
    if (at === parts.length - 1) {
      write(holder, key, change(current));
    } else if (typeof current === 'object' && current !== null && (isObject(current) || Array.isArray(current))) {
      step(current, at + 1, way);
    } else if (current === undefined) {
      const made: Document = {};
      step(made, at + 1, way);
      if (Object.keys(made).length > 0) write(holder, key, made);
    } else if (change(undefined) !== undefined) {
      throw new ServerError(28, `Cannot create field '${parts[at + 1]}' in element {${part}: ${typeName(current)}}`);
    }
  }
}

function indexesFor(list: readonly unknown[], at: number, { parts, positions }: Way): string[] {
  const part = parts[at] ?? '';
  if (part === '$[]') return [...list.keys()].map(String);
  if (part === '$') {
    const index = positions.firstMatch(parts.slice(0, at).join('.'), list);
    if (index === undefined) {
      throw new ServerError(2, 'The positional operator did not find the match needed from the query.');
    }
    return [String(index)];
  }
  const name = /^\$\[(.+)\]$/.exec(part)?.[1];
  if (name !== undefined) {
    const fits = positions.named.get(name);
    if (fits === undefined) throw new ServerError(2, `No array filter found for identifier '${name}'`);
    return [...list.entries()].filter(([, element]) => fits(element)).map(([index]) => String(index));
  }
  if (isIndex(part)) return [part];
  throw new ServerError(28, `Cannot create field '${part}' in element {${parts[at - 1] ?? ''}: array}`);
}

function read(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return holder[Number(key)];
  return isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}

function write(holder: unknown, key: string, value: unknown): void {
  if (Array.isArray(holder)) {
    const index = Number(key);
    if (value === undefined && index >= holder.length) return;
    if (index > holder.length + 1_500_000) throw new ServerError(2, `array index ${key} is too large`);
    while (holder.length < index) holder.push(null);
    holder[index] = value ?? null;
  } else if (isObject(holder)) {
    if (value === undefined) delete holder[key];
    else setField(holder, key, value);
  }
}
