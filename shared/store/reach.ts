import * as v from 'valibot';
import { pauseAfter } from './grants';
import { keys } from './keys';
import type { Table } from './table';

/** A host that did not answer the last time. */
const reachItem = v.object({ failures: v.number(), since: v.number(), retryAt: v.number() });
export type Reach = v.InferOutput<typeof reachItem>;

export async function readReach(table: Table, host: string): Promise<Reach | undefined> {
  const item = await table.get(keys.reach(host));
  return item && v.parse(reachItem, item);
}

/** The host does not answer: the longer that lasts, the less often it is asked, up to once an hour. */
export async function noteSilence(table: Table, host: string, before: Reach | undefined, now: number): Promise<void> {
  const failures = (before?.failures ?? 0) + 1;
  const reach: Reach = { failures, since: before?.since ?? now, retryAt: now + pauseAfter(failures - 1) };
  await table.put({ ...keys.reach(host), ...reach, deleteAt: now + 30 * 86_400 });
}

export const noteAnswer = (table: Table, host: string): Promise<boolean> => table.delete(keys.reach(host));
