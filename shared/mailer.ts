import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

export type SendMail = (mail: Mail) => Promise<void>;

/** Mail through SES, from one sender. */
export function sesMailer(from: string): SendMail {
  const client = new SESClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 } });
  const content = (data: string) => ({ Data: data, Charset: 'UTF-8' });
  return async ({ to, subject, text, html }) => {
    const Message = { Subject: content(subject), Body: { Text: content(text), Html: content(html) } };
    await client.send(new SendEmailCommand({ Source: from, Destination: { ToAddresses: [to] }, Message }));
  };
}
