import * as v from 'valibot';
import type { Item, Table } from './table';

/** Parses an item. If it can't be read, reports it to the table's log and returns none. */
export function readRow<S extends v.GenericSchema>(table: Table, schema: S, item: Item): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, item);
  if (result.success) return result.output;
  table.reportUnreadable(item);
  return undefined;
}
