import { ApiError } from '../contract/errors';
import { type Event, type Source, writeEvent } from '../store/audit';
import type { Table } from '../store/table';

/** A refusal with the event that goes with it: `serve` puts it on record before it answers, with the code as its reason. */
export class Refusal extends ApiError {
  constructor(
    { code, message, retryAfter, terminalLogin }: ApiError,
    readonly event: Omit<Event, 'reason'>,
  ) {
    super(code, message, retryAfter, terminalLogin);
  }
}

export const putOnRecord = (table: Table, { event, code }: Refusal, source: Source, now: Date): Promise<void> =>
  writeEvent(table, { ...event, reason: code }, source, now);
