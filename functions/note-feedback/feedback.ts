import * as v from 'valibot';
import { email } from '../../shared/contract/fields/access';
import type { Undelivered } from '../../shared/store/undelivered';

/** One of SES's own words, such as `Permanent`, `MailboxFull` or `not-spam`. */
const word = v.pipe(v.string(), v.regex(/^[A-Za-z-]{1,40}$/));

// Mail may be forwarded, so the recipient that a mail server names may be somebody else. `destination` is the address that we mailed.
const mail = v.object({ destination: v.strictTuple([email]) });

/** The parts of SES's events that matter here, as EventBridge sends them. Each of our mails has one recipient. */
const event = v.object({
  id: v.string(),
  detail: v.variant('eventType', [
    v.object({ eventType: v.literal('Bounce'), mail, bounce: v.object({ bounceType: word, bounceSubType: word }) }),
    v.object({
      eventType: v.literal('Complaint'),
      mail,
      complaint: v.object({ complaintFeedbackType: v.nullish(word), complaintSubType: v.nullish(word) }),
    }),
  ]),
});
type Detail = v.InferOutput<typeof event>['detail'];

export interface Feedback {
  id: string;
  email: string;
  act: 'mail_bounced' | 'mail_complained';
  /** In SES's words, such as `Permanent/General`. */
  reason: string;
  /** Why the address is to get no more mail; none if it may. */
  undelivered: Undelivered | undefined;
}

/** Throws if this is no such event. */
export function parseFeedback(input: unknown): Feedback {
  const { id, detail } = v.parse(event, input);
  return { id, email: detail.mail.destination[0], ...outcomeOf(detail) };
}

/** SES did not try, because the address is on a suppression list of its own. */
const heldBack = ['Suppressed', 'OnAccountSuppressionList', 'UnsubscribedRecipient'];

function outcomeOf(detail: Detail): Pick<Feedback, 'act' | 'reason' | 'undelivered'> {
  if (detail.eventType === 'Bounce') {
    const { bounceType, bounceSubType } = detail.bounce;
    const forGood = heldBack.includes(bounceSubType) ? 'suppressed' : 'bounced';
    const undelivered = bounceType === 'Permanent' ? forGood : undefined;
    return { act: 'mail_bounced', reason: `${bounceType}/${bounceSubType}`, undelivered };
  }
  const { complaintFeedbackType, complaintSubType } = detail.complaint;
  const reason = complaintSubType ?? complaintFeedbackType ?? 'unknown';
  // The person moved the mail out of their spam folder.
  const undelivered = complaintFeedbackType === 'not-spam' ? undefined : 'complained';
  return { act: 'mail_complained', reason, undelivered };
}
