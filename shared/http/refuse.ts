import type { ApiError } from '../contract/errors';
import { type Event, type Source, writeEvent } from '../store/audit';
import type { Table } from '../store/table';

/** Puts a refusal on record, and hands it back to be thrown. */
export async function refuse(
  table: Table,
  event: Omit<Event, 'reason'>,
  problem: ApiError,
  source: Source,
  now: Date,
): Promise<ApiError> {
  await writeEvent(table, { ...event, reason: problem.code }, source, now);
  return problem;
}
