import * as v from 'valibot';
import { email } from '../contract/fields/access';
import { scope } from '../contract/fields/scope';
import type { Unreadable } from '../policy/policy';
import { fitPage } from './fit-page';
import { keys } from './keys';
import { end, type Item, nextAfter, start, type Table } from './table';
import { type Before, unchanged, unreadable } from './versions';

const rulerItem = v.object({ email, ...scope, version: v.number(), setBy: v.string(), setAt: v.number() });

/** A ruler's scope, its version, and who set it when. */
export type StoredRuler = v.InferOutput<typeof rulerItem>;

const pageSize = 500;

export async function readRuler(table: Table, address: string): Promise<StoredRuler | Unreadable | undefined> {
  const item = await table.get(keys.ruler(address));
  return item && parseRuler(item);
}

/** All rulers sorted by address, from the index, which may lag a moment. `next` is where the next page begins. */
export async function listRulers(
  table: Table,
  from = start,
): Promise<{ rulers: (StoredRuler | Unreadable)[]; next?: string }> {
  const page = fitPage(await table.page({ pk: keys.allRulers, index: 'listed', from, to: end, limit: pageSize }));
  return { rulers: page.items.map(parseRuler), ...nextAfter(page, 'listSk') };
}

/** Appoints a ruler or changes their scope: false if it has changed since it was read. */
export const putRuler = (table: Table, ruler: StoredRuler, before: Before) =>
  table.put({ ...keys.ruler(ruler.email), ...ruler, listPk: keys.allRulers, listSk: ruler.email }, unchanged(before));

/** Dismisses a ruler: false if the scope has changed since it was read. */
export const removeRuler = (table: Table, address: string, before: Before) =>
  table.delete(keys.ruler(address), unchanged(before));

function parseRuler(item: Item): StoredRuler | Unreadable {
  const result = v.safeParse(rulerItem, item);
  return result.success ? result.output : unreadable(item);
}
