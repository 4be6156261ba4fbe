import * as v from 'valibot';
import type { Item, Table } from './table';

/** An item as what it should be; none, and a word in the table's log, where it can't be read. */
export function readRow<S extends v.GenericSchema>(table: Table, schema: S, item: Item): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, item);
  if (result.success) return result.output;
  table.reportUnreadable(item);
  return undefined;
}
