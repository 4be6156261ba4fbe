import { setTimeout as wait } from 'node:timers/promises';
import { SESClient, SESServiceException, SendEmailCommand } from '@aws-sdk/client-ses';
import { headerOf, senderOf } from './sender';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Throws {@link MailNotTaken} where it is certain that nobody gets the mail; of other failures nobody knows. */
export type SendMail = (mail: Mail) => Promise<void>;

/** SES refused the mail, or could not be reached. */
export class MailNotTaken extends Error {
  override name = 'MailNotTaken';

  /** `passing`: it may well take it later. */
  constructor(
    cause?: unknown,
    readonly passing = false,
  ) {
    super('SES did not take the mail', { cause });
  }
}

/** Milliseconds that SES may take, all attempts included: an answer to `POST /links` does not wait for more. */
const whileSomebodyWaits = 1000;

/** Milliseconds from a failed attempt to the next; then twice as long each time, up to a second: SES counts its limit by that. */
const firstPause = 80;
const longestPause = 1000;

/**
 * Mail through SES, from one sender, as the setting `mailFrom` names it, and under a configuration set, where there is one. `mostTime`:
 * milliseconds for one mail.
 */
export function sesMailer(mailFrom: string, configurationSet?: string, mostTime = whileSomebodyWaits): SendMail {
  const from = headerOf(senderOf(mailFrom));
  // Attempts are made here: the SDK's own do not tell what became of each of them, and pause for longer than there is time.
  const client = new SESClient({ maxAttempts: 1 });
  const content = (data: string) => ({ Data: data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html }) => {
    const Message = { Subject: content(subject), Body: { Text: content(text), Html: content(html) } };
    const addresses = { Source: from, Destination: { ToAddresses: [to] } };
    const command = new SendEmailCommand({ ...addresses, Message, ConfigurationSetName: configurationSet });
    const abortSignal = AbortSignal.timeout(mostTime);
    const ends = performance.now() + mostTime;
    await sendUntilTaken(() => client.send(command, { abortSignal }), { abortSignal, ends });
  };
}

/** Sends again what SES could not take just now, while there is time. */
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

/** The request never left this machine, or SES said no. */
const isNotTaken = (error: unknown): boolean =>
  hasAnswered(error) ||
  ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(codeOf(error));

/** SES said no, and would again: it was neither busy nor out of order. */
function isForGood(error: unknown): boolean {
  if (!hasAnswered(error)) return false;
  const status = error.$metadata.httpStatusCode ?? 0;
  return status < 500 && status !== 429 && !/^(Throttl|TooManyRequests)/.test(error.name);
}

const hasAnswered = (error: unknown): error is SESServiceException =>
  error instanceof SESServiceException && error.$metadata.httpStatusCode !== undefined;

/** What Node.js calls a fault of the network. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
