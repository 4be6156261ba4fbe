import { execFile } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { MailNotTaken, sesMailer } from '../../../shared/aws/mailer';

/** What SES does with one attempt. */
type Act = (response: ServerResponse, socket: Socket) => void;
const taken: Act = (response) =>
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end('<SendEmailResponse><SendEmailResult><MessageId>1</MessageId></SendEmailResult></SendEmailResponse>');
const refused =
  (status: number, code: string): Act =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'text/xml' })
      .end(`<ErrorResponse><Error><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`);
const throttled = refused(400, 'Throttling');
const silent: Act = () => {};
const cut: Act = (_, socket) => void socket.destroy();

let acts: Act[] = [];
let bodies: URLSearchParams[] = [];
const ses = createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => {
    body += piece;
  });
  request.on('end', () => {
    bodies.push(new URLSearchParams(body));
    const act = acts.length > 1 ? acts.shift() : acts[0];
    act?.(response, request.socket);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => ses.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SES: `http://127.0.0.1:${portOf()}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterAll(() => {
  ses.closeAllConnections();
  ses.close();
});
const portOf = () => (ses.address() as AddressInfo).port;

const mail = { to: 'you@lab.org', subject: 's', text: 't', html: '<p>t</p>' };

/** Sends one mail while SES does this, the last of it again and again. */
async function send(...script: Act[]) {
  acts = script;
  bodies = [];
  const fault = await sesMailer({ mailFrom: 'Labor für Physik, A <no-reply@lab.org>' })(mail).catch(
    (error: unknown) => error,
  );
  return { fault, attempts: bodies.length };
}

test('a mail goes out once, from the encoded sender', async () => {
  expect(await send(taken)).toMatchObject({ fault: undefined, attempts: 1 });
  expect(bodies[0]?.get('Source')).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/=]+\?= <no-reply@lab\.org>$/);
});

test('a mail names its configuration set, where there is one', async () => {
  acts = [taken];
  for (const set of ['feedback', undefined]) await sesMailer({ mailFrom: 'a@lab.org' }, set)(mail);
  expect(bodies.slice(-2).map((body) => body.get('ConfigurationSetName'))).toEqual(['feedback', null]);
});

test.each([
  ['help@lab.org', 'help@lab.org'],
  ['mailto:help@lab.org', 'help@lab.org'],
  ['https://lab.org/help', null],
  [undefined, null],
])('answers to a mail go to the contact %s, if it is an e-mail address', async (contact, answersTo) => {
  acts = [taken];
  await sesMailer({ mailFrom: 'a@lab.org', contact })(mail);
  expect(bodies.at(-1)?.get('ReplyToAddresses.member.1')).toBe(answersTo);
});

test.each([
  ['is throttled', throttled],
  ['is asked too often', refused(429, 'TooManyRequestsException')],
  ['is out of order', refused(503, 'ServiceUnavailable')],
  ['fails', refused(500, 'InternalFailure')],
  ['breaks the connection', cut],
])('SES that %s for a moment is asked again', async (_, act) => {
  expect(await send(act, act, taken)).toMatchObject({ fault: undefined, attempts: 3 });
});

test.each(['MessageRejected', 'MailFromDomainNotVerifiedException', 'AccessDenied', 'InvalidParameterValue'])(
  'what SES refuses for good (%s) is not sent again, and was not taken',
  async (code) => {
    const { fault, attempts } = await send(refused(400, code));
    expect(fault).toBeInstanceOf(MailNotTaken);
    expect(attempts).toBe(1);
  },
);

test('SES that stays throttled is given up, and did not take the mail', async () => {
  const { fault, attempts } = await send(throttled);
  expect(fault).toBeInstanceOf(MailNotTaken);
  expect(attempts).toBeGreaterThan(2);
});

test('SES that does not answer is given up: nobody knows whether it took the mail', async () => {
  const { fault, attempts } = await send(silent);
  expect(fault).toMatchObject({ name: expect.stringMatching(/^(AbortError|TimeoutError)$/) });
  expect(attempts).toBe(1);
});

test('after an attempt of which nobody knows, a refusal does not make it certain', async () => {
  const { fault } = await send(cut, refused(400, 'MessageRejected'));
  expect(fault).toBeInstanceOf(Error);
  expect(fault).not.toBeInstanceOf(MailNotTaken);
});

// In a process of its own: under Jest the SDK does not know Node's errors as errors, and hides their codes.
test('where nothing listens, the mail was not taken', async () => {
  const script = `
    const { sesMailer } = require('./shared/aws/mailer.ts');
    const print = (fault) => console.log(JSON.stringify({ fault }));
    sesMailer({ mailFrom: 'a@lab.org' })(${JSON.stringify(mail)}).then(print, ({ name }) => print(name));`;
  const env = { ...process.env, AWS_ENDPOINT_URL_SES: 'http://127.0.0.1:1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', script], { env });
  expect(JSON.parse(stdout)).toEqual({ fault: 'MailNotTaken' });
});
