import { keys } from '../../shared/store/keys';
import type { Table } from '../../shared/store/table';

const item = (host: string, run: string, until: number) => ({
  ...keys.reconciling(host),
  run,
  until,
  deleteAt: until + 86_400,
});

/** Takes a host for one run alone, up to a moment at which that run must be over: false where another one has it. */
export function beginReconciling(
  table: Table,
  host: string,
  { run, now, until }: { run: string; now: number; until: number },
): Promise<boolean> {
  const free = { if: 'attribute_not_exists(#pk) OR #until <= :now', values: { now } };
  return table.put(item(host, run, until), free);
}

/** Leaves the host to the next run, unless that one has it already. */
export const endReconciling = (table: Table, host: string, run: string): Promise<boolean> =>
  table.delete(keys.reconciling(host), { if: '#run = :run', values: { run } });

/** The same, but only from a moment on. */
export const endReconcilingAt = (
  table: Table,
  host: string,
  { run, until }: { run: string; until: number },
): Promise<boolean> => table.put(item(host, run, until), { if: '#run = :run', values: { run } });
