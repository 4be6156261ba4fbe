import { keys } from '../../shared/store/keys';
import type { Table } from '../../shared/store/table';

const item = (host: string, run: string, until: number) => ({
  ...keys.reconciling(host),
  run,
  until,
  deleteAt: until + 86_400,
});

/** Reserves a host for one run until a moment at which that run must be over. False if another run has it. */
export function beginReconciling(
  table: Table,
  host: string,
  { run, now, until }: { run: string; now: number; until: number },
): Promise<boolean> {
  const free = { if: 'attribute_not_exists(#pk) OR #until <= :now', values: { now } };
  return table.put(item(host, run, until), free);
}

/** Frees the host for the next run, unless that one already has it. */
export const endReconciling = (table: Table, host: string, run: string): Promise<boolean> =>
  table.delete(keys.reconciling(host), { if: '#run = :run', values: { run } });

/** Frees the host at a later moment. */
export const endReconcilingAt = (
  table: Table,
  host: string,
  { run, until }: { run: string; until: number },
): Promise<boolean> => table.put(item(host, run, until), { if: '#run = :run', values: { run } });
