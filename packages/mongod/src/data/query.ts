import type { Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { isObject, numberIn } from '../values/values';
import { compileFilter } from './match';
import { sorted } from './pipeline';

/** Which documents of a collection a command is about. */
export interface Query {
  filter?: unknown;
  sort?: unknown;
  skip?: unknown;
  limit?: unknown;
}

/** What can be made to wait, and be ended meanwhile: then its pause throws. */
export interface Pausing {
  pause(milliseconds: number): Promise<void>;
}

/** After how many documents a search gives others a turn, and looks whether it was killed. */
const turn = 2_000;

/** The documents that a query selects, in its order. */
export async function select(
  operation: Pausing,
  documents: readonly Document[],
  { filter = {}, sort, skip, limit }: Query,
): Promise<Document[]> {
  const { rest, pause } = takeSleep(filter);
  const matches = compileFilter(rest);
  const found: Document[] = [];
  for (const [index, document] of documents.entries()) {
    if (index % turn === turn - 1) await operation.pause(0);
    if (!matches(document)) continue;
    if (pause !== undefined) await operation.pause(pause);
    found.push(document);
  }
  return inRange(found, { sort, skip, limit });
}

/** The same, at once and without waiting: what a write that had to wait does again if something changed meanwhile. */
export function selectNow(documents: readonly Document[], { filter = {}, ...range }: Query): Document[] {
  return inRange(documents.filter(compileFilter(takeSleep(filter).rest)), range);
}

function inRange(found: Document[], { sort, skip, limit }: Query): Document[] {
  const ordered = isObject(sort) && Object.keys(sort).length > 0 ? sorted(found, sort) : found;
  const first = whole('skip', skip);
  const count = whole('limit', limit);
  return count > 0 ? ordered.slice(first, first + count) : ordered.slice(first);
}

/** A count in an argument; an absent one is 0. */
export function whole(name: string, value: unknown): number {
  if (value === undefined || value === null) return 0;
  const number = numberIn(value);
  if (number === undefined) throw new ServerError(14, `Expected field ${name} to be a number`);
  if (number < 0) throw new ServerError(51024, `BSON field '${name}' value must be >= 0, actual value '${number}'`);
  return Math.trunc(number);
}

/**
 * `$where` runs scripts, which this server does not have. One script it knows, because it makes an operation that runs for
 * long and can be killed: `sleep(<milliseconds>) || true`, which waits at each document.
 */
function takeSleep(filter: unknown): { rest: unknown; pause: number | undefined } {
  if (!isObject(filter) || filter.$where === undefined) return { rest: filter, pause: undefined };
  const { $where, ...rest } = filter;
  const milliseconds = typeof $where === 'string' ? /^sleep\((\d{1,7})\) \|\| true;?$/.exec($where)?.[1] : undefined;
  if (milliseconds !== undefined) return { rest, pause: Number(milliseconds) };
  throw new ServerError(2, "this server runs no scripts: of $where it knows 'sleep(<milliseconds>) || true' only");
}
