import { noteFeedback } from '../../functions/note-feedback/note-feedback';
import { remind } from '../../functions/remind/remind';
import { keys } from '../../shared/store/keys';
import { bounceOf, complaintOf } from '../support/ses-events';
import { allItems, later, openStage, type Stage } from '../support/stage';

const day = 86_400;
const email = 'you@example.com';
let stage: Stage;
let admin: string;
beforeEach(async () => {
  stage = await openStage({ tokenTtl: '300 d' });
  admin = await stage.tokenFor('admin@example.com');
  const body = { email, host: stage.host, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body });
  stage.mails.length = 0;
});
afterEach(() => stage.close());

const hear = (event: unknown) => noteFeedback(stage.deps, event, stage.clock.now);
const ask = () => stage.ask('POST', '/links', { body: { email } });
const auditOf = async (act: string) => {
  const { json } = await stage.ask('GET', `/audit?email=${email}`, { token: admin });
  return json.events.filter((event: { act: string }) => event.act === act);
};

test.each([
  ['a mailbox that does not exist', bounceOf(email), 'mail_bounced', 'Permanent/General', 'bounced'],
  [
    'an address on the account’s suppression list',
    bounceOf(email, 'Permanent', 'OnAccountSuppressionList'),
    'mail_bounced',
    'Permanent/OnAccountSuppressionList',
    'suppressed',
  ],
  [
    'one on SES’s own list',
    bounceOf(email, 'Permanent', 'Suppressed'),
    'mail_bounced',
    'Permanent/Suppressed',
    'suppressed',
  ],
  ['an owner who complained', complaintOf(email), 'mail_complained', 'abuse', 'complained'],
  ['a complaint without a type', complaintOf(email, {}), 'mail_complained', 'unknown', 'complained'],
  [
    'an earlier complaint',
    complaintOf(email, { complaintSubType: 'OnAccountSuppressionList' }),
    'mail_complained',
    'OnAccountSuppressionList',
    'complained',
  ],
])('%s gets no mail for 30 days, with the same answer, and admins see why', async (_, event, act, said, reason) => {
  const before = await ask();
  await hear(event);
  expect(await auditOf(act)).toMatchObject([{ email, by: 'ses', reason: said, requestId: event.id }]);
  expect(stage.logged.filter(({ level }) => level === 'warn')).toEqual([
    { level: 'warn', code: act, facts: { requestId: event.id, reason: said } },
  ]);
  later(stage, 30 * day - 1);
  const { status, headers, text } = await ask();
  expect({ status, headers, text }).toEqual({ status: 202, headers: before.headers, text: before.text });
  expect(stage.mails).toHaveLength(1);
  expect((await auditOf('link_refused'))[0]).toMatchObject({ reason });
  later(stage, 1);
  await ask();
  expect(stage.mails).toHaveLength(2);
});

test.each([
  ['a full mailbox', bounceOf(email, 'Transient', 'MailboxFull'), 'mail_bounced'],
  ['a bounce of which SES knows no more', bounceOf(email, 'Undetermined', 'Undetermined'), 'mail_bounced'],
  ['a mail taken out of the spam again', complaintOf(email, { complaintFeedbackType: 'not-spam' }), 'mail_complained'],
])('%s is on record, and holds nothing back', async (_, event, act) => {
  await hear(event);
  expect(await auditOf(act)).toHaveLength(1);
  expect(stage.logged.filter(({ code }) => code === act)).toEqual([]);
  await ask();
  expect(stage.mails).toHaveLength(1);
});

test('whom we mailed counts, in lower case, not to whom it was forwarded; others get their mail', async () => {
  await hear(bounceOf('You@Example.com'));
  await ask();
  expect(stage.mails).toEqual([]);
  expect((await allItems()).filter(({ pk }) => String(pk).startsWith('mail#')).map(({ pk }) => pk)).toEqual([
    `mail#${email}`,
  ]);
  later(stage, 60);
  await stage.ask('POST', '/links', { body: { email: 'admin@example.com' } });
  expect(stage.mails).toHaveLength(1);
});

test('an event that comes twice is noted as one', async () => {
  await Promise.all([hear(bounceOf(email)), hear(bounceOf(email))]);
  expect((await allItems()).filter(({ pk }) => pk === keys.undelivered(email).pk)).toHaveLength(1);
});

test.each([
  ['nothing', undefined],
  ['another event', { ...bounceOf(email), detail: { eventType: 'Delivery', mail: { destination: [email] } } }],
  [
    'two recipients',
    { ...bounceOf(email), detail: { ...bounceOf(email).detail, mail: { destination: [email, 'b@c.org'] } } },
  ],
  ['no address', bounceOf('secret words')],
  ['words that are none of SES’s', bounceOf(email, 'Permanent', `${email} does not exist`)],
])('%s is an error that rings, quotes nobody, and writes nothing', async (_, event) => {
  const before = await allItems();
  await expect(hear(event)).rejects.toThrow(/^SES sent an event that can not be read$/);
  expect(await allItems()).toHaveLength(before.length);
  expect(stage.logged.map(({ code }) => code)).toContain('feedback_unreadable');
  expect(JSON.stringify(stage.logged)).not.toMatch(/you@example|secret words/);
});

test('reminders wait as long, and are sent once mail gets through again', async () => {
  const token = await stage.tokenFor(email);
  const body = { host: stage.host, db: 'a', role: 'readWrite', ttl: '10 d' };
  expect((await stage.ask('POST', '/grants', { token, body })).status).toBe(201);
  stage.mails.length = 0;
  later(stage, 8 * day);
  await hear(bounceOf(email));
  const run = () =>
    remind(
      { ...stage.deps, origin: 'https://grants.lab.org', clock: () => stage.clock.now.getTime() },
      { requestId: 'r', ip: 'remind' },
      stage.clock.now.getTime() + 60_000,
    );
  expect(await run()).toEqual({ people: 0, grants: 0, failed: 1, left: 0 });
  expect(await auditOf('remind_failed')).toMatchObject([{ reason: 'bounced' }]);
  const { pk, sk } = keys.undelivered(email);
  await stage.table.delete({ pk, sk });
  later(stage, day);
  expect(await run()).toMatchObject({ grants: 1 });
  expect(stage.mails).toHaveLength(1);
});
