import { ApiError } from '../contract/errors';
import type { Event } from '../store/audit';

/** A refusal with the event that goes with it: `serve` puts it on record before it answers, with the code as its reason. */
export class Refusal extends ApiError {
  constructor(
    { code, message, retryAfter, terminalLogin }: ApiError,
    readonly event: Omit<Event, 'reason'>,
  ) {
    super(code, message, retryAfter, terminalLogin);
  }
}
