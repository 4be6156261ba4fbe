import { setTimeout as wait } from 'node:timers/promises';
import { SESClient, SESServiceException, SendEmailCommand } from '@aws-sdk/client-ses';
import { parseContact } from './contact';
import { headerOf, senderOf } from './sender';
import type { Settings } from './settings';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Throws {@link MailNotTaken} if certainly nobody gets the mail. After any other fault the mail may have been sent. */
export type SendMail = (mail: Mail) => Promise<void>;

export class MailNotTaken extends Error {
  override name = 'MailNotTaken';

  /** `passing`: SES may take it later. */
  constructor(
    cause?: unknown,
    readonly passing = false,
  ) {
    super('SES did not take the mail', { cause });
  }
}

/** Milliseconds for SES, all attempts included: `POST /links` does not wait longer for its answer. */
const whileSomebodyWaits = 1000;

/** Milliseconds before the first retry. Each pause is twice the last one, up to a second, as SES has a limit for each second. */
const firstPause = 80;
const longestPause = 1000;

/** From whom mails come, and to whom answers go. */
type Sending = Pick<Settings, 'mailFrom' | 'contact'>;

/**
 * Sends mail through SES from the sender in the settings, with a configuration set if given. Answers go to the contact, if that is an e-mail
 * address. `mostTime`: milliseconds for one mail.
 */
export function sesMailer(
  { mailFrom, contact = '' }: Sending,
  configurationSet?: string,
  mostTime = whileSomebodyWaits,
): SendMail {
  const from = headerOf(senderOf(mailFrom));
  const answersTo = parseContact(contact)?.address;
  // This file retries by itself: the SDK does not tell the outcome of each attempt, and pauses for too long.
  const client = new SESClient({ maxAttempts: 1 });
  const content = (data: string) => ({ Data: data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html }) => {
    const Message = { Subject: content(subject), Body: { Text: content(text), Html: content(html) } };
    const addresses = {
      Source: from,
      Destination: { ToAddresses: [to] },
      ReplyToAddresses: answersTo ? [answersTo] : undefined,
    };
    const command = new SendEmailCommand({ ...addresses, Message, ConfigurationSetName: configurationSet });
    const abortSignal = AbortSignal.timeout(mostTime);
    const ends = performance.now() + mostTime;
    await sendUntilTaken(() => client.send(command, { abortSignal }), { abortSignal, ends });
  };
}

/** Retries while SES is too busy and there is time. */
async function sendUntilTaken(
  send: () => Promise<unknown>,
  { abortSignal, ends }: { abortSignal: AbortSignal; ends: number },
): Promise<void> {
  let certain = true;
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    try {
      await send();
      return;
    } catch (error) {
      certain &&= isNotTaken(error);
      const over = abortSignal.aborted || performance.now() + pause >= ends;
      if (over || isForGood(error)) throw certain ? new MailNotTaken(error, !isForGood(error)) : error;
    }
    await wait(pause);
  }
}

/** Whether the request never left this machine, or SES refused it. */
const isNotTaken = (error: unknown): boolean =>
  hasAnswered(error) ||
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(codeOf(error));

/** Whether SES refused the mail and would do so again. It was neither busy nor broken. */
function isForGood(error: unknown): boolean {
  if (!hasAnswered(error)) return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status < 500 && status !== 429 && !/^(Throttl|TooManyRequests)/.test(error.name);
}

const hasAnswered = (error: unknown): error is SESServiceException =>
  error instanceof SESServiceException && error.$metadata.httpStatusCode !== undefined;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
