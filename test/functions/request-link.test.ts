import { allItems, later, linkIn, openStage, type Stage } from '../support/stage';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ admins: ['admin@example.com', 'second@example.com'], linksPerHourPerIp: 25 });
});
afterEach(() => stage.close());

const ask = (email: string, ip?: string) => stage.ask('POST', '/links', { body: { email }, ...(ip && { ip }) });
const events = async () =>
  (await allItems()).filter(({ pk }) => String(pk).startsWith('audit#')).map(({ act, reason }) => [act, reason]);

test('a known address is mailed a link to the API itself, whatever the headers say', async () => {
  const answer = await stage.ask('POST', '/links', {
    body: { email: 'Admin@Example.com' },
    headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
  });
  expect(answer.status).toBe(202);
  const [mail] = stage.mails;
  expect(mail?.to).toBe('admin@example.com');
  expect(mail?.text).toContain('https://api.example.org/links/');
  expect(`${mail?.text}${mail?.html}`).not.toContain('evil.example');
});

test('a form works as well as JSON', async () => {
  const answer = await stage.ask('POST', '/links', { form: 'email=admin%40example.com', base64: true });
  expect(answer.status).toBe(202);
  expect(stage.mails).toHaveLength(1);
});

test('known, unknown and denied addresses, and those asked for too often, get the same answer', async () => {
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { host: 'h.lab.org', db: 'fw', role: 'read' };
  await stage.ask('PUT', '/rules', { token: admin, body: { ...rule, email: 'denied@lab.org', which: 'deny' } });
  await stage.ask('PUT', '/rules', { token: admin, body: { ...rule, email: '*@cs.lab.org', which: 'allow' } });
  const before = stage.mails.length;
  const emails = ['second@example.com', 'second@example.com', 'x@cs.lab.org', 'denied@lab.org', 'nobody@nowhere.org'];
  const answers = [];
  for (const email of emails) {
    const { status, headers, text } = await ask(email);
    answers.push({ status, headers, text });
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(stage.mails.slice(before).map(({ to }) => to)).toEqual(['second@example.com', 'x@cs.lab.org']);
});

test('an expired rule makes nobody known', async () => {
  const admin = await stage.tokenFor('admin@example.com');
  const rule = {
    email: 'x@lab.org',
    host: 'h',
    db: 'fw',
    role: 'read',
    which: 'allow',
    expires: '2026-11-24T08:10:00Z',
  };
  expect((await stage.ask('PUT', '/rules', { token: admin, body: rule })).status).toBe(200);
  later(stage, 600);
  await ask('x@lab.org');
  expect(stage.mails.map(({ to }) => to)).toEqual(['admin@example.com']);
});

test('simultaneous requests from one source for one address send one mail', async () => {
  await Promise.all(Array.from({ length: 20 }, () => ask('admin@example.com')));
  expect(stage.mails).toHaveLength(1);
  const { status } = await stage.ask('POST', linkIn(stage.mails[0] ?? { to: '', subject: '', text: '', html: '' }));
  expect(status).toBe(200);
});

test('a source address that asks too often is told when to come back, and others are not held up', async () => {
  for (let n = 0; n < 25; n++) expect((await ask(`x${n}@nowhere.org`, '2001:db8:1:2::1')).status).toBe(202);
  const refused = await ask('x@nowhere.org', '2001:db8:1:2:ffff::7');
  expect([refused.status, refused.json.code, refused.headers['retry-after']]).toEqual([
    429,
    'too_many_requests',
    '3600',
  ]);
  expect((await ask('x@nowhere.org', '2001:db8:1:3::1')).status).toBe(202);
  later(stage, 3600);
  expect((await ask('x@nowhere.org', '2001:db8:1:2::1')).status).toBe(202);
});

test('it waits as everybody does the first time, and then is told at once, and nothing is read for it', async () => {
  const from = (n: number) => ask('admin@example.com', `192.0.2.${n}`);
  for (let n = 0; n < 25; n++) await from(9);
  const waited = jest.fn(async () => {});
  stage.deps.floor = waited;
  expect([(await from(9)).status, waited.mock.calls.length]).toEqual([429, 1]);
  stage.outside.calls = [];
  const { status, headers } = await from(9);
  expect([status, headers['retry-after'], waited.mock.calls.length, stage.outside.calls]).toEqual([429, '3600', 1, []]);
  expect([(await from(8)).status, waited.mock.calls.length]).toEqual([202, 2]);
  later(stage, 3600);
  expect([(await from(9)).status, waited.mock.calls.length]).toEqual([202, 3]);
});

test('mail that fails shows in the audit log, not in the answer', async () => {
  const working = await ask('second@example.com');
  stage.deps.sendMail = async () => {
    throw new Error('SES is down');
  };
  const failing = await ask('admin@example.com');
  expect([failing.status, failing.headers]).toEqual([working.status, working.headers]);
  expect(await events()).toEqual(expect.arrayContaining([['link_failed', 'mail_failed']]));
  expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'link_failed' }));
});

test('what is no address is refused with the field and the reason, and nothing is written', async () => {
  for (const email of [
    '',
    'you',
    'a@b',
    '*@lab.org',
    '*',
    'ü@lab.org',
    'a@lab.org\0',
    'a@lab.org\nbcc: b@lab.org',
    `${'a'.repeat(250)}@b.org`,
    7,
    null,
    ['a@b.org'],
    { $gt: '' },
  ]) {
    const answer = await stage.ask('POST', '/links', { body: { email } });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
    expect(answer.json.detail).toMatch(/^email/);
  }
  expect(await allItems()).toEqual([]);
});
