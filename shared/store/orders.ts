import * as v from 'valibot';
import { scope } from '../contract/fields/scope';
import { keys } from './keys';
import { lease } from './lease';
import { readRow } from './read-row';
import { closeSweep } from './sweeps';
import type { Table } from './table';

/** An order to end all matching grants that existed at that time. */
const orderItem = v.object({
  pk: v.string(),
  sk: v.string(),
  by: v.string(),
  requestId: v.string(),
  ip: v.string(),
  at: v.number(),
  /** A person or `*`. A filter that is left out matches everything. */
  email: v.string(),
  host: v.optional(v.string()),
  db: v.optional(v.string()),
  role: v.optional(v.string()),
  label: v.optional(v.string()),
  /** The ruler's scope: only grants inside it end. */
  scope: v.optional(v.object(scope)),
  /** Until then the index may miss a grant that existed. */
  until: v.number(),
});
export type Order = Omit<v.InferOutput<typeof orderItem>, 'pk' | 'sk' | 'until'>;
export type StoredOrder = v.InferOutput<typeof orderItem>;

/** Seconds for the request that ordered it. After that the reaper carries it out. */
const ownTime = 15;

/** Writes an order before any of it is carried out. */
export async function planOrder(table: Table, id: string, order: Order): Promise<StoredOrder> {
  const stored = { ...keys.order(order.by, id), ...order, until: order.at + lease };
  await table.put({ ...stored, duePk: keys.orders, dueAt: order.at + ownTime }, { if: 'attribute_not_exists(#pk)' });
  return stored;
}

/** The orders to carry out now. */
export async function readDueOrders(table: Table, now: number): Promise<StoredOrder[]> {
  const items = await table.query({ pk: keys.orders, index: 'due', upTo: now });
  return items.flatMap((item) => readRow(table, orderItem, item) ?? []);
}

/** Closes an order whose rows are all marked. One that was read from an index is read again once the index is up to date. */
export const closeOrder = (table: Table, order: StoredOrder, now: number): Promise<void> =>
  order.email === '*' ? closeSweep(table, order, now) : closeSweep(table, order, order.until);
