import { ApiError } from '../contract/errors';
import type { Event } from '../store/audit';

/** A refusal with its event. `serve` writes the event before it answers, with the code as its reason. */
export class Refusal extends ApiError {
  constructor(
    { code, message, retryAfter, about }: ApiError,
    readonly event: Omit<Event, 'reason'>,
  ) {
    super(code, message, retryAfter, about);
  }
}

export const eventOf = ({ event, code }: Refusal): Event => ({ ...event, reason: code });
