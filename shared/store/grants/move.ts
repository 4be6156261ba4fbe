import * as v from 'valibot';
import { keys } from '../keys';
import type { Item, Table } from '../table';
import type { Grant } from './row';

/** What a move writes. `to` parses the row in its new state. */
interface Move<G> {
  to: v.GenericSchema<unknown, G>;
  set?: Item;
  remove?: string[];
}

/** Every change of a row but the first. It writes only over the version that was read: none if the grant changed meanwhile. */
export async function move<G extends Grant>(
  table: Table,
  grant: Grant,
  { to, set = {}, remove = [] }: Move<G>,
): Promise<G | undefined> {
  const { id, version } = grant;
  const unchanged = { if: '#id = :id AND #version = :version', values: { id, version } };
  const item = await table.update(keys.grant(grant), { set, remove, add: { version: 1 }, ...unchanged });
  return item && v.parse(to, item);
}
