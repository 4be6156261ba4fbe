import { answered } from '../support/answered';
import { allItems, later, linkIn, openStage, type Stage } from '../support/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
});
afterAll(() => stage.close());

const email = 'admin@example.com';
const browser = { headers: { accept: 'text/html' } };

async function begin(options: { email?: string } = {}) {
  const { status, json } = await stage.ask('POST', '/links', { body: { email, terminal: true, ...options } });
  expect(status).toBe(202);
  return { poll: String(json.poll), code: String(json.code), msg: json.msg, interval: json.interval };
}

/** A login and the link that was mailed for it. */
async function mailed() {
  const login = await begin();
  const mail = stage.mails.at(-1);
  if (!mail) throw new Error('no mail');
  return { ...login, link: linkIn(mail), mail };
}

const poll = (secret: string) => stage.ask('POST', '/links/poll', { body: { poll: secret } });
const type = (link: string, code: string) => stage.ask('POST', link, { body: { code } });
const outcome = async (answer: ReturnType<typeof poll>) => {
  const { status, json } = await answer;
  return `${status} ${json.code ?? json.status ?? (json.token ? 'token' : json.msg)}`;
};
/** Another code than this one, of the right form. */
const wrong = (code: string, n = 0) => `${'BCDFG'[n]}CDF-GHJ${code.endsWith('K') ? 'L' : 'K'}`;

test('the code on the page behind the mailed link gives the terminal its token, once', async () => {
  const { poll: secret, code, link, interval } = await mailed();
  expect(code).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
  expect(interval).toBeGreaterThan(0);
  expect(await outcome(poll(secret))).toBe('202 pending');
  const page = await stage.ask('GET', link, browser);
  expect(page.text).toContain('name="code"');
  expect(page.text).not.toContain(code);

  // As people type it.
  const confirmed = await type(link, ` ${code.toLowerCase().replace('-', ' ')}`);
  expect(confirmed.status).toBe(200);
  expect(JSON.stringify(confirmed.json)).not.toMatch(/ey[\w-]+\./);
  const { status, json } = await poll(secret);
  expect([status, json]).toEqual([
    200,
    { token: expect.stringMatching(/^ey/), email, expires: '2026-12-24T08:00:00.000Z' },
  ]);
  expect((await stage.ask('GET', '/me', { token: json.token })).json).toMatchObject({ email, admin: true });
  expect(await outcome(poll(secret))).toBe('410 link_used');
  expect(await outcome(type(link, code))).toBe('410 link_used');

  await stage.ask('DELETE', '/tokens', { token: json.token });
  expect((await stage.ask('GET', '/me', { token: json.token })).json.code).toBe('token_revoked');
});

test('the page says who asks and warns; the right code sends back to the terminal and shows no token', async () => {
  const { code, link } = await mailed();
  const page = await stage.ask('GET', link, browser);
  expect(page.text).toMatch(/only if you started this login yourself/);
  expect(page.text).toContain('192.0.2.');
  const miss = await stage.ask('POST', link, { ...browser, form: `code=${wrong(code)}` });
  expect([miss.status, miss.text.includes('4 tries are left')]).toEqual([403, true]);
  const done = await stage.ask('POST', link, { ...browser, form: `code=${code}` });
  expect(done.status).toBe(200);
  expect(done.text).toContain('Go back to your terminal');
  expect(done.text).not.toMatch(/ey[\w-]+\.[\w-]+\./);
  const over = await stage.ask('GET', link, browser);
  expect([over.status, over.text.includes('<h1>This login is done</h1>')]).toEqual([410, true]);
});

test('the code is not in the mail, and the mail says that there is one', async () => {
  const { code, mail } = await mailed();
  const text = JSON.stringify(mail);
  expect(text).not.toContain(code);
  expect(text).not.toContain(code.replace('-', ''));
  expect(mail.text).toContain('the code that the terminal shows');
});

test('five wrong codes spend the link, for the right code and for the poll', async () => {
  const { poll: secret, code, link } = await mailed();
  for (let n = 0; n < 5; n++) expect(await outcome(type(link, wrong(code, n)))).toBe('403 code_wrong');
  expect(await outcome(type(link, code))).toBe('410 link_used');
  expect(await outcome(poll(secret))).toBe('410 link_used');
});

test('the fifth code may be the right one', async () => {
  const { poll: secret, code, link } = await mailed();
  for (let n = 0; n < 4; n++) await type(link, wrong(code, n));
  expect((await type(link, code)).status).toBe(200);
  expect(await outcome(poll(secret))).toBe('200 token');
});

test('fifty codes at the same time are five tries', async () => {
  const { code, link } = await mailed();
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => outcome(type(link, wrong(code, n % 5)))));
  expect(answers.filter((one) => one === '403 code_wrong')).toHaveLength(5);
  expect(answers.filter((one) => one === '410 link_used')).toHaveLength(45);
});

test('of two hundred polls and ten right codes at the same time one gets the token', async () => {
  const { poll: secret, code, link } = await mailed();
  const typed = await Promise.all(Array.from({ length: 10 }, () => type(link, code)));
  expect(typed.filter(({ status }) => status === 200)).toHaveLength(1);
  const polls = answered(await Promise.all(Array.from({ length: 200 }, () => poll(secret))), stage);
  expect(polls.filter((one) => one === '200 token')).toHaveLength(1);
  expect(new Set(polls)).toEqual(new Set(['200 token', '410 link_used']));
});

test('a scanner that opens the page, asks for its head, or submits the form empty changes nothing', async () => {
  const { poll: secret, code, link } = await mailed();
  const before = await allItems();
  for (const method of ['GET', 'HEAD']) expect((await stage.ask(method, link, browser)).status).toBe(200);
  for (const empty of [{ form: '' }, { form: 'code=' }, { form: 'code=+-+' }, { body: {} }, { body: { code: '' } }]) {
    for (const headers of [{}, browser.headers]) {
      const { status } = await stage.ask('POST', link, { ...empty, headers });
      expect([empty, status]).toEqual([empty, 400]);
    }
  }
  expect(await allItems()).toEqual(before);
  expect((await type(link, code)).status).toBe(200);
  expect(await outcome(poll(secret))).toBe('200 token');
});

test('polls without the secret get nothing, and leave no trace', async () => {
  const { poll: secret, code, link } = await mailed();
  const [other] = [await begin({ email: 'nobody@example.org' })];
  await type(link, code);
  const before = await allItems();
  const parts = secret.split('.');
  const forged = [
    'x',
    link.slice('/links/'.length),
    `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
    [...parts.slice(0, 3), 'A'.repeat(32), parts[4]].join('.'),
    [...parts.slice(0, 3), other.poll.split('.')[3], parts[4]].join('.'),
    [...parts.slice(0, 2), 'zzzzzz', ...parts.slice(3)].join('.'),
  ];
  for (const one of forged) expect([one, await outcome(poll(one))]).toEqual([one, '404 link_unknown']);
  expect(await allItems()).toEqual(before);
  expect(await outcome(poll(secret))).toBe('200 token');
});

test('whoever asks in a stranger’s name gains nothing: without the code the link is no token, and no other door opens it', async () => {
  const { poll: secret, link } = await mailed();
  expect(await outcome(poll(secret))).toBe('202 pending');
  expect((await stage.ask('POST', link)).status).toBe(400);
  later(stage, 15 * 60);
  expect(await outcome(poll(secret))).toBe('410 link_expired');
});

test('a code confirmed in the last moment still gives the token; after its end none does', async () => {
  const [late, tooLate] = [await mailed(), await mailed()];
  later(stage, 15 * 60 - 1);
  expect((await type(late.link, late.code)).status).toBe(200);
  later(stage, 10);
  expect(await outcome(poll(late.poll))).toBe('200 token');
  expect(await outcome(type(tooLate.link, tooLate.code))).toBe('410 link_expired');
});

test('an unknown address is answered and polled like a known one, to the end, and nothing of it is kept but the refusal', async () => {
  const known = await begin();
  const mails = stage.mails.length;
  const unknown = await begin({ email: 'nobody@example.org' });
  expect(stage.mails).toHaveLength(mails);
  const shape = (login: typeof known) =>
    Object.entries(login).map(([name, value]) => [name, name === 'msg' ? value : typeof value]);
  expect(shape(unknown)).toEqual(shape(known));
  expect(
    unknown.poll
      .split('.')
      .map(({ length }) => length)
      .slice(1),
  ).toEqual(
    known.poll
      .split('.')
      .map(({ length }) => length)
      .slice(1),
  );
  for (let seconds = 0; seconds < 900; seconds += 300) {
    expect(await outcome(poll(unknown.poll))).toBe('202 pending');
    expect(await outcome(poll(known.poll))).toBe('202 pending');
    later(stage, 300);
  }
  expect(await outcome(poll(unknown.poll))).toBe('410 link_expired');
  expect(await outcome(poll(known.poll))).toBe('410 link_expired');
});

test('a code belongs to a terminal’s link only', async () => {
  await stage.ask('POST', '/links', { body: { email } });
  const link = linkIn(stage.mails.at(-1) ?? { to: '', subject: '', text: '', html: '' });
  const { status, json } = await type(link, 'WDJB-MJHT');
  expect([status, json.code]).toEqual([400, 'invalid_request']);
  expect((await stage.ask('POST', link)).status).toBe(200);
});

test('neither code, poll secret nor link is at rest or in the logs', async () => {
  const { poll: secret, code, link } = await mailed();
  await type(link, wrong(code));
  await type(link, code);
  const { json } = await poll(secret);
  const kept = JSON.stringify([await allItems(), stage.logged]);
  for (const one of [
    code,
    code.replace('-', ''),
    secret.split('.')[3],
    link.slice(-54, -22),
    String(json.token).split('.')[2],
  ])
    expect(kept).not.toContain(one);
});

test('each step is one event: sent, a wrong code, the right one, the token', async () => {
  const { poll: secret, code, link } = await mailed();
  await type(link, wrong(code));
  await type(link, code);
  await poll(secret);
  const id = link.split('.')[1]?.slice(0, 16);
  const events = (await allItems()).filter((item) => item.link === id && item.act);
  expect(events.map(({ act }) => act)).toEqual([
    'terminal_link_sent',
    'confirming',
    'code_wrong',
    'confirming',
    'redeeming',
  ]);
});

test('of a day’s links, and of those of one source, the last fifth is kept from terminals, so that strangers can’t use up yours', async () => {
  const own = await openStage({ linkCooldown: '0 s', linksPerDay: 20 });
  const ask = (terminal: boolean, n: number) =>
    own.ask('POST', '/links', { body: { email, terminal }, ip: `192.0.2.${n}` });
  for (let n = 0; n < 10; n++) await ask(true, 1);
  expect(own.mails).toHaveLength(4);
  for (let n = 0; n < 3; n++) await ask(false, 1);
  expect(own.mails).toHaveLength(5);
  for (let n = 2; n < 40; n++) await ask(true, n);
  expect(own.mails).toHaveLength(16);
  for (let n = 40; n < 80; n++) await ask(false, n);
  expect(own.mails).toHaveLength(20);
  await own.close();
});
