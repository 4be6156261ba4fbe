import * as v from 'valibot';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Table } from './table';

/** A host that did not answer last time, or that has a member that did not. */
const reachItem = v.object({
  failures: v.number(),
  since: v.number(),
  /** When it last failed; 0 once a request was answered. Release 0.1.0 needs it. */
  retryAt: v.optional(v.number(), 0),
  /** Until then requests skip the host. Missing before the second failure in a row, and if only a member was silent. */
  silentUntil: v.optional(v.number()),
});
export type Reach = v.InferOutput<typeof reachItem>;

const keptFor = 30 * 86_400;

/** Seconds after which two failures count as coincidence. */
const inARow = 120;

/** Seconds in which requests fail at once after so many failures: few, so that a host that is back is soon noticed. */
const pauseAfter = (failures: number): number => (failures < 2 ? 0 : Math.min(10, 2 ** Math.min(failures - 1, 4)));

/** The silence of the whole host or of a member. `before`: what was known of the host. */
interface Silence {
  before: Reach | undefined;
  whole: boolean;
  now: number;
}

const noted = (failures: number, { before, whole, now }: Silence) => ({
  ...{ failures, since: before?.since ?? now, retryAt: now, deleteAt: now + keptFor },
  ...(whole && failures > 1 && { silentUntil: now + pauseAfter(failures) }),
});

export async function readReach(table: Table, host: string): Promise<Reach | undefined> {
  const item = await table.get(keys.reach(host));
  return item && readRow(table, reachItem, item);
}

const failuresAfter = (before: Reach | undefined): number => (before?.failures ?? 0) + 1;

/** Notes that the reaper got no answer from the host (`whole`) or from a member. */
export async function noteSilence(table: Table, host: string, silence: Silence): Promise<void> {
  await table.put({ ...keys.reach(host), ...noted(failuresAfter(silence.before), silence) });
}

/** Notes that a request got no answer. If many notice at once, only the first begins the count. */
export async function noteNoAnswer(
  table: Table,
  host: string,
  { before, now }: Pick<Silence, 'before' | 'now'>,
): Promise<void> {
  const silence = { before, whole: true, now };
  const long = { if: 'attribute_not_exists(#pk) OR #retryAt < :old', values: { old: now - inARow } };
  if (await table.put({ ...keys.reach(host), ...noted(1, silence) }, long)) return;
  await table.update(keys.reach(host), { set: noted(Math.max(2, failuresAfter(before)), silence) });
}

/** Notes that every member answered. */
export const noteAnswer = (table: Table, host: string): Promise<boolean> => table.delete(keys.reach(host));

/** Notes that a request was answered. The reaper then takes up the work that waits for the host. */
export async function noteReturn(table: Table, host: string): Promise<void> {
  await table.update(keys.reach(host), { set: { retryAt: 0 }, remove: ['silentUntil'], if: 'attribute_exists(#pk)' });
}

/** Lets one request in each pause try a silent host: true for that one. */
export async function claimTry(
  table: Table,
  host: string,
  { failures, silentUntil, now }: Pick<Reach, 'failures' | 'silentUntil'> & { now: number },
): Promise<boolean> {
  if (silentUntil === undefined || silentUntil > now) return false;
  const unchanged = { if: '#silentUntil = :before', values: { before: silentUntil } };
  const set = { silentUntil: now + pauseAfter(failures) };
  return (await table.update(keys.reach(host), { set, ...unchanged })) !== undefined;
}
