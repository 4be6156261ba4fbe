import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { SESClient, SendEmailCommand } from '@aws-sdk/client-ses';
import { startMailbox } from '../../local/mailbox';
import { StartError } from '../../local/start-error';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const store = async (port: number) => (await fetch(`http://localhost:${port}/store`)).json();

/** Asks as a browser would whose address bar names this host. */
async function asking(port: number, path: string, headers: Record<string, string>) {
  const asked = request({ port, host: '127.0.0.1', path, headers }).end();
  const [response]: IncomingMessage[] = await once(asked, 'response');
  return { status: response?.statusCode, body: response && (await text(response)) };
}

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
  expect(await page.text()).toContain('<h1>Mailbox</h1>');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  await mailbox.close();
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

describe('who reads the mails', () => {
  let mailbox: Awaited<ReturnType<typeof startMailbox>>;
  beforeEach(async () => {
    mailbox = await startMailbox({ port: 0 });
  });
  afterEach(() => mailbox.close());

  test.each([
    ['a page whose name was pointed here', { host: 'evil.example' }],
    ['a page of another site', { host: 'localhost', origin: 'https://evil.example' }],
    ['a page without an origin', { host: 'localhost', origin: 'null' }],
    ['a name that begins like this machine', { host: 'localhost.evil.example' }],
  ])('%s does not', async (_, headers) => {
    for (const path of ['/', '/store']) {
      const { status, body } = await asking(mailbox.port, path, headers);
      expect([status, body]).toEqual([403, 'Open this mailbox at http://localhost\n']);
    }
  });

  test.each(['localhost:8005', '127.0.0.1:8005', '[::1]:8005'])('%s does: it names this machine', async (host) => {
    expect(await asking(mailbox.port, '/store', { host })).toMatchObject({ status: 200 });
  });
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
