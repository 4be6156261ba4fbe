import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import type { Log } from '../../shared/aws/log';
import { writeEvent } from '../../shared/store/audit';
import type { Table } from '../../shared/store/table';
import { noteUndelivered } from '../../shared/store/undelivered';
import { type Feedback, parseFeedback } from './feedback';

export interface NoteFeedbackDeps {
  table: Table;
  log: Log;
}

/** Notes that a mail of ours came back, or that somebody complained about it. A repeated call adds one more event. */
export async function noteFeedback({ table, log }: NoteFeedbackDeps, input: unknown, now: Date): Promise<void> {
  const { id, email, act, reason, undelivered } = feedbackIn(log, input);
  const event = { act, email, by: 'ses', reason } as const;
  await together([
    undelivered && noteUndelivered(table, email, { reason: undelivered, now }),
    writeEvent(table, event, { requestId: id, ip: 'ses' }, now),
  ]);
  // Alarms wait for these codes. A full mailbox, for example, is no warning, as nobody can mend it.
  if (undelivered) log.warn(act, { requestId: id, reason });
  else log.info('mail_delayed', { requestId: id, reason });
}

function feedbackIn(log: Log, input: unknown): Feedback {
  try {
    return parseFeedback(input);
  } catch (error) {
    log.error('feedback_unreadable', faultOf(error));
    // The parser's message may quote the address.
    throw new Error('SES sent an event that can not be read');
  }
}
