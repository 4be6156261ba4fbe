import * as v from 'valibot';
import { keys } from './keys';
import type { Table } from './table';

/** A host that did not answer the last time, or of which a member did not. */
const reachItem = v.object({ failures: v.number(), since: v.number() });
export type Reach = v.InferOutput<typeof reachItem>;

export async function readReach(table: Table, host: string): Promise<Reach | undefined> {
  const item = await table.get(keys.reach(host));
  return item && v.parse(reachItem, item);
}

export async function noteSilence(table: Table, host: string, before: Reach | undefined, now: number): Promise<void> {
  const reach: Reach = { failures: (before?.failures ?? 0) + 1, since: before?.since ?? now };
  // Release 0.1.0 reads `retryAt`, and can't do without it.
  await table.put({ ...keys.reach(host), ...reach, retryAt: now, deleteAt: now + 30 * 86_400 });
}

export const noteAnswer = (table: Table, host: string): Promise<boolean> => table.delete(keys.reach(host));
