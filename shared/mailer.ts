import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export type SendMail = (mail: Mail) => Promise<void>;

/** Milliseconds that SES may take: an answer to `POST /links` does not wait for more. */
const mostTime = 1000;

/** Mail through SES, from one sender. */
export function sesMailer(from: string): SendMail {
  const client = new SESClient({ maxAttempts: 1 });
  const content = (data: string) => ({ Data: data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html }) => {
    const Message = { Subject: content(subject), Body: { Text: content(text), Html: content(html) } };
    const command = new SendEmailCommand({ Source: from, Destination: { ToAddresses: [to] }, Message });
    await client.send(command, { abortSignal: AbortSignal.timeout(mostTime) });
  };
}
