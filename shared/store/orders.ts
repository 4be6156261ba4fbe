import * as v from 'valibot';
import { scope } from '../contract/fields/scope';
import { keys } from './keys';
import { lease } from './lease';
import { readRow } from './read-row';
import { closeSweep } from './sweeps';
import type { Table } from './table';

/** Somebody ordered that grants end: all that were there by then and that this is about. */
const orderItem = v.object({
  pk: v.string(),
  sk: v.string(),
  /** Who ordered it, and in which request. */
  by: v.string(),
  requestId: v.string(),
  ip: v.string(),
  at: v.number(),
  /** A person, or `*`; where others are left out, everything counts. */
  email: v.string(),
  host: v.optional(v.string()),
  db: v.optional(v.string()),
  role: v.optional(v.string()),
  label: v.optional(v.string()),
  /** Of a ruler: only what is inside. */
  scope: v.optional(v.object(scope)),
  /** Until then the index may not know a grant that was there. */
  until: v.number(),
});
export type Order = Omit<v.InferOutput<typeof orderItem>, 'pk' | 'sk' | 'until'>;
export type StoredOrder = v.InferOutput<typeof orderItem>;

/** Seconds for the request that ordered it: after that the reaper carries it out. */
const ownTime = 15;

/** Writes an order down, before anything of it is done. */
export async function planOrder(table: Table, id: string, order: Order): Promise<StoredOrder> {
  const stored = { ...keys.order(order.by, id), ...order, until: order.at + lease };
  await table.put({ ...stored, duePk: keys.orders, dueAt: order.at + ownTime }, { if: 'attribute_not_exists(#pk)' });
  return stored;
}

/** What is to be carried out now. */
export async function readDueOrders(table: Table, now: number): Promise<StoredOrder[]> {
  const items = await table.query({ pk: keys.orders, index: 'due', upTo: now });
  return items.flatMap((item) => readRow(table, orderItem, item) ?? []);
}

/** Every row says that it ends. What was read from an index is read once more, when that must know all that was there. */
export const closeOrder = (table: Table, order: StoredOrder, now: number): Promise<void> =>
  order.email === '*' ? closeSweep(table, order, now) : closeSweep(table, order, order.until);
