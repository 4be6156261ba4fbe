import { MailNotTaken } from '../../shared/aws/mailer';
import { keys } from '../../shared/store/keys';
import { later, openStage, type Stage } from '../support/stage';

// Each test has an address and a day of its own, which spares it a stage of its own.
const admins = Array.from({ length: 40 }, (_, n) => `admin${n}@example.com`);
let stage: Stage;
let email = '';
let today = '';
beforeAll(async () => {
  stage = await openStage({ admins, linksPerHourPerIp: 1000 });
});
afterAll(() => stage.close());
beforeEach(() => {
  email = admins.shift() ?? '';
  stage.clock.now = new Date(Date.UTC(2027, 0, 200 - 4 * admins.length, 8));
  today = day();
  stage.mails.length = 0;
  stage.deps.settings = stage.parsed;
  works();
});

const day = () => stage.clock.now.toISOString().slice(0, 10);
const nextDay = (time: string) => {
  stage.clock.now = new Date(Date.parse(`${day()}T${time}Z`) + 86_400_000);
};
const works = () => {
  stage.deps.sendMail = async (mail) => void stage.mails.push(mail);
};
const fails = (fault: Error) => {
  stage.deps.sendMail = async () => {
    throw fault;
  };
};
const ask = (ip: string, { to = email, terminal = false } = {}) =>
  stage.ask('POST', '/links', { body: { email: to, terminal }, ip });
const mailsTo = (to: string) => stage.mails.filter((mail) => mail.to === to).length;
const source = (n: number) => `10.0.${n >> 8}.${n & 255}`;
const eventsOf = async (act: string) =>
  (await stage.table.query({ pk: keys.events(today) })).filter((item) => item.act === act && item.email === email);
const reasons = async () => (await eventsOf('link_refused')).map(({ reason }) => reason);
const allow = async (principal: string) => {
  const token = await stage.tokenFor(email);
  const body = { email: principal, host: 'h', db: 'd', role: 'read', which: 'allow' };
  expect((await stage.ask('PUT', '/rules', { token, body })).status).toBe(200);
};

test('one source gets one link a minute for one address, and a quarter of the day’s', async () => {
  for (let n = 0; n < 8; n++) {
    await ask(source(1));
    await ask(source(1));
    expect(stage.mails).toHaveLength(Math.min(n + 1, 5));
    later(stage, 60);
  }
  expect(new Set(await reasons())).toEqual(new Set(['too_soon', 'too_many_from_source']));
});

test('all sources together get the links of one day, and the next day brings new ones', async () => {
  for (let n = 0; n < 30; n++) await ask(source(n));
  expect(stage.mails).toHaveLength(20);
  expect(await reasons()).toContain('too_many_today');
  nextDay('00:00:00');
  for (let n = 0; n < 30; n++) await ask(source(n));
  expect(stage.mails).toHaveLength(40);
});

test('midnight gives no source a second link in a minute', async () => {
  stage.clock.now = new Date(`${today}T23:59:30.000Z`);
  await ask(source(1));
  later(stage, 40);
  await ask(source(2));
  await ask(source(1));
  expect(stage.mails).toHaveLength(2);
  later(stage, 20);
  await ask(source(1));
  expect(stage.mails).toHaveLength(3);
});

test('an IPv6 network of 64 bits is one source', async () => {
  await ask('2001:db8:1:2::1');
  await ask('2001:db8:1:2:ffff::7');
  expect(stage.mails).toHaveLength(1);
  await ask('2001:db8:1:3::1');
  expect(stage.mails).toHaveLength(2);
});

test('a stranger on one address takes neither the minute nor the day of six people, by a browser or a terminal', async () => {
  await allow('*@lab.org');
  stage.mails.length = 0;
  const people = Array.from({ length: 6 }, (_, n) => `v${n}@lab.org`);
  for (let minute = 0; minute < 20; minute++) {
    for (const to of people) await ask('203.0.113.9', { to, terminal: minute < 8 });
    later(stage, 61);
  }
  for (const to of people) {
    const before = mailsTo(to);
    expect(before).toBe(5);
    await ask('203.0.113.9', { to });
    await ask(source(people.indexOf(to)), { to });
    expect(mailsTo(to)).toBe(before + 1);
    later(stage, 61);
    await ask(source(people.indexOf(to)), { to, terminal: true });
    expect(mailsTo(to)).toBe(before + 2);
  }
});

describe.each([
  ['nothing was sent before', async () => {}],
  ['one was sent today', () => ask(source(999))],
  [
    'one was sent yesterday',
    async () => {
      await ask(source(999));
      later(stage, 86_400);
    },
  ],
])('forty requests at once, where %s', (_, prepare) => {
  test('from forty sources send as many mails as the day has links', async () => {
    await prepare();
    const before = stage.mails.length;
    const left = before === 1 && day() === today ? 19 : 20;
    await Promise.all(Array.from({ length: 40 }, (_, n) => ask(source(n))));
    expect(stage.mails.length - before).toBe(left);
  });

  test('from one source send one mail', async () => {
    await prepare();
    const before = stage.mails.length;
    await Promise.all(Array.from({ length: 40 }, () => ask(source(1))));
    expect(stage.mails.length - before).toBe(1);
  });
});

test('forty requests at once from one source, without a cooldown, send a quarter of the day’s links', async () => {
  stage.deps.settings = { ...stage.parsed, linkCooldown: 0 };
  await Promise.all(Array.from({ length: 40 }, () => ask(source(1))));
  expect(stage.mails).toHaveLength(5);
});

describe('a mail that SES did not take', () => {
  test('does not count: it refuses ten times, and then the eleventh mail arrives at once', async () => {
    fails(new MailNotTaken());
    for (let n = 0; n < 10; n++) expect((await ask(source(1))).status).toBe(202);
    works();
    await ask(source(1));
    expect(stage.mails).toHaveLength(1);
    await ask(source(1));
    expect(stage.mails).toHaveLength(1);
    const failed = await eventsOf('link_failed');
    expect(failed.map(({ reason }) => reason)).toEqual(Array(10).fill('mail_failed'));
  });

  test('does not count among many at once, and sources that got nothing leave nothing behind', async () => {
    await ask(source(500));
    const before = await stage.table.get(keys.sentLinks(email));
    fails(new MailNotTaken());
    for (let n = 0; n < 60; n += 12) await Promise.all(Array.from({ length: 12 }, (_, more) => ask(source(n + more))));
    const { mark: _, ...after } = (await stage.table.get(keys.sentLinks(email))) ?? {};
    expect(after).toEqual({ ...before, mark: undefined });
    works();
    for (let n = 0; n < 30; n++) await ask(source(n));
    expect(stage.mails).toHaveLength(20);
  });

  test('counts where nobody knows whether SES took it', async () => {
    fails(new Error('no answer'));
    await ask(source(1));
    works();
    await ask(source(1));
    expect(stage.mails).toHaveLength(0);
    later(stage, 60);
    await ask(source(1));
    expect(await stage.table.get(keys.sentLinks(email))).toMatchObject({ count: 2 });
  });

  test('counts once too often at most, where it can’t be given back', async () => {
    fails(new MailNotTaken());
    let updates = 0;
    stage.outside.before = (call) => {
      if (call === 'table.update' && ++updates > 1) throw new Error('no DynamoDB');
    };
    const { status } = await ask(source(1));
    stage.outside.before = undefined;
    expect(status).toBe(202);
    expect(await stage.table.get(keys.sentLinks(email))).toMatchObject({ count: 1 });
    works();
    for (let n = 0; n < 30; n++) await ask(source(n));
    expect(stage.mails).toHaveLength(19);
  });
});

test('a count that can’t be read keeps nobody else from theirs, sends nothing, and is over with its day', async () => {
  await stage.table.put({ ...keys.sentLinks(email), sentAt: 'now', day: today, count: 'many' });
  expect((await ask(source(1))).status).toBe(202);
  expect(mailsTo(email)).toBe(0);
  nextDay('08:00:00');
  await ask(source(1));
  expect(mailsTo(email)).toBe(1);
});
