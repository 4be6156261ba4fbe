import { type AddressInfo, createServer } from 'node:net';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { startMailbox } from '../../local/mailbox';
import { StartError } from '../../local/start-error';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const store = async (port: number) => (await fetch(`http://localhost:${port}/store`)).json();

async function send(port: number) {
  const client = new SESClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const content = (Data: string) => ({ Data, Charset: 'UTF-8' });
  const Message = {
    Subject: content('Your link'),
    Body: { Text: content('words é'), Html: content('<p>words é</p>') },
  };
  await client.send(
    new SendEmailCommand({
      Source: 'mongogrant <no-reply@example.com>',
      Destination: { ToAddresses: ['you@example.com'] },
      Message,
    }),
  );
  client.destroy();
}

test('a mail sent through SES is in the store, and there is a page that shows it', async () => {
  const printed = [jest.spyOn(process.stdout, 'write'), jest.spyOn(console, 'log')];
  const mailbox = await startMailbox({ port: 0 });
  await send(mailbox.port);
  expect(await store(mailbox.port)).toMatchObject({
    emails: [
      {
        from: 'mongogrant <no-reply@example.com>',
        destination: { to: ['you@example.com'] },
        subject: 'Your link',
        body: { text: 'words é', html: '<p>words é</p>' },
      },
    ],
  });
  const page = await fetch(`http://localhost:${mailbox.port}/`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  // What it does, test/browser sees.
  expect(await page.text()).toMatch(/refreshEmails[\s\S]*_blank[\s\S]*<\/body>/);
  await mailbox.close();
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

test('a new mailbox is empty', async () => {
  const first = await startMailbox({ port: 0 });
  await send(first.port);
  await first.close();
  const second = await startMailbox({ port: 0 });
  expect(await store(second.port)).toMatchObject({ emails: [] });
  await second.close();
});

test('a taken port is an error that names MAIL_PORT', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port));
  });
  const refused = startMailbox({ port });
  await expect(refused).rejects.toThrow(StartError);
  await expect(refused).rejects.toThrow(`MAIL_PORT: port ${port} is taken`);
  await new Promise((resolve) => other.close(resolve));
});
