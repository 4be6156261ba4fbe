import { remind } from '../../functions/remind/remind';
import { MailNotTaken, type SendMail } from '../../shared/aws/mailer';
import { readLastRun } from '../../shared/store/job-runs';
import { keys } from '../../shared/store/keys';
import type { Table } from '../../shared/store/table';
import { allItems, later, openStage, type Stage } from '../support/stage';

const day = 86_400;
let stage: Stage;
let you: string;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d' });
  const token = await stage.tokenFor('admin@example.com');
  const body = { email: '*@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token, body });
  you = await stage.tokenFor('you@example.com');
  stage.mails.length = 0;
});
afterEach(() => stage.close());

const grant = (db: string, more: Record<string, unknown> = {}, path = '/grants', token = you) =>
  stage.ask('POST', path, { token, body: { host: stage.host, db, role: 'readWrite', ttl: '10 d', ...more } });
const clock = () => stage.clock.now.getTime();
const run = (change: Partial<Parameters<typeof remind>[0]> = {}, minutes = 14) =>
  remind(
    { ...stage.deps, origin: 'https://grants.lab.org', clock, ...change },
    { requestId: 'remind', ip: 'remind' },
    clock() + minutes * 60_000,
  );
const events = async () =>
  (await allItems()).filter(({ pk, act }) => String(pk).startsWith('audit#2') && /remind/.test(String(act)));

test('whoever holds logins that end in three days is told once, in one mail, with how to renew', async () => {
  await grant('late', { ttl: '20 d' });
  await grant('b', { label: 'laptop' });
  await grant('a', { ttl: '9 d' });
  later(stage, 6 * day - 1);
  expect(await run()).toEqual({ people: 0, grants: 0, failed: 0, left: 0 });
  later(stage, day + 1);
  expect(await run()).toEqual({ people: 1, grants: 2, failed: 0, left: 0 });
  const [mail, ...others] = stage.mails;
  expect([mail?.to, mail?.subject, others]).toEqual([
    'you@example.com',
    '2 of your MongoDB logins end soon, the first at 08:00 UTC on 3 December 2026',
    [],
  ]);
  const lines = [
    `readWrite on a at ${stage.host} (user you_example.com_readWrite) ends at 08:00 UTC on 3 December 2026.`,
    `  mgrant renew ${stage.host} a --role readWrite --label ''`,
    `readWrite on b at ${stage.host}, label laptop (user you_example.com_readWrite_laptop) ends at 08:00 UTC on 4 December 2026.`,
    `  mgrant renew ${stage.host} b --role readWrite --label laptop`,
  ];
  expect(mail?.text.split('\n')).toEqual(expect.arrayContaining(lines));
  expect(mail?.text).not.toContain('late');
  const [address = ''] = /https:\/\/grants\.lab\.org\/renewals\/[\w.-]+/.exec(mail?.text ?? '') ?? [];
  expect(mail?.html?.split(`href="${address}"`)).toHaveLength(3);
  expect(mail?.text).toMatch(/^The page works until 08:00 UTC on 4 December 2026\./m);
  expect(await events()).toMatchObject([{ act: 'reminded', email: 'you@example.com', count: 2 }]);
  expect(await run()).toEqual({ people: 0, grants: 0, failed: 0, left: 0 });
  later(stage, day);
  expect(await run()).toEqual({ people: 0, grants: 0, failed: 0, left: 0 });
});

test('who has renewed is told again before the new end, and not before', async () => {
  await grant('a');
  later(stage, 7 * day);
  await run();
  expect((await grant('a', {}, '/grants/renew')).status).toBe(200);
  later(stage, 6 * day);
  expect(await run()).toMatchObject({ grants: 0 });
  later(stage, day);
  expect(await run()).toMatchObject({ grants: 1 });
  expect(stage.mails.map(({ subject }) => subject)).toEqual([
    'Your MongoDB login ends at 08:00 UTC on 4 December 2026',
    'Your MongoDB login ends at 08:00 UTC on 11 December 2026',
  ]);
});

test('what is short-lived, ended, revoked or over is no reason for a mail', async () => {
  await grant('short', { ttl: '5 d' });
  await grant('revoked');
  await grant('over', { ttl: '6.5 d' });
  await stage.ask('DELETE', '/grants?db=revoked', { token: you });
  later(stage, 4 * day);
  expect(await run()).toMatchObject({ grants: 1 });
  later(stage, 3 * day);
  expect(await run()).toMatchObject({ grants: 0 });
});

test('two runs at the same time send one mail, and other people get their own', async () => {
  await grant('a');
  await grant('a', {}, '/grants', await stage.tokenFor('ada@example.com'));
  stage.mails.length = 0;
  later(stage, 8 * day);
  const runs = await Promise.all([run(), run()]);
  expect(runs.reduce((sum, { grants }) => sum + grants, 0)).toBe(2);
  expect(stage.mails.map(({ to }) => to).toSorted()).toEqual(['ada@example.com', 'you@example.com']);
});

test('a mail that fails keeps nobody else from theirs, and is on record', async () => {
  await grant('a');
  await grant('a', {}, '/grants', await stage.tokenFor('ada@example.com'));
  stage.mails.length = 0;
  later(stage, 8 * day);
  const sendMail: Stage['deps']['sendMail'] = async (mail) => {
    if (mail.to === 'you@example.com') throw new Error('bounced');
    stage.mails.push(mail);
  };
  expect(await run({ sendMail })).toEqual({ people: 2, grants: 2, failed: 1, left: 0 });
  expect(stage.mails.map(({ to }) => to)).toEqual(['ada@example.com']);
  expect((await events()).map(({ act }) => act)).toContain('remind_failed');
});

test('the setting says how long before, and 0 s says never', async () => {
  await grant('a', { ttl: '11 d' });
  later(stage, 9 * day);
  expect(await run({ settings: { ...stage.parsed, remindBefore: 0 } })).toMatchObject({ grants: 0 });
  later(stage, 3600);
  expect(await run({ settings: { ...stage.parsed, remindBefore: day } })).toMatchObject({ grants: 0 });
  later(stage, day - 3600);
  expect(await run({ settings: { ...stage.parsed, remindBefore: day } })).toMatchObject({ grants: 1 });
});

const everybody = async (count: number) => {
  const people = Array.from({ length: count }, (_, n) => `person${n}@example.com`);
  for (const email of people) await grant('a', {}, '/grants', await stage.tokenFor(email));
  stage.mails.length = 0;
  later(stage, 8 * day);
  return people;
};

test('where SES takes no more for now, or the time is up, the next hour goes on, and everybody gets one mail', async () => {
  const people = await everybody(12);
  const sendMail = (most: number): SendMail => {
    const before = stage.mails.length;
    return async (mail) => {
      if (stage.mails.length >= before + most) throw new MailNotTaken(new Error('Throttling'), true);
      stage.mails.push(mail);
    };
  };
  const first = await run({ sendMail: sendMail(5) });
  expect(first).toMatchObject({ people: 5, grants: 5, failed: 0, left: 7 });
  expect(await readLastRun(stage.table, 'remind')).toBeUndefined();
  later(stage, 3600);
  expect(await run({}, 0)).toMatchObject({ people: 0, left: 7 });
  expect(await run()).toMatchObject({ people: 7, left: 0 });
  later(stage, 3600);
  expect(await run()).toMatchObject({ people: 0, left: 0 });
  expect(stage.mails.map(({ to }) => to).toSorted()).toEqual(people.toSorted());
  const about = (await events()).map(({ act }) => act);
  expect(about.filter((act) => act === 'reminded').length).toBeGreaterThanOrEqual(12);
  expect(stage.logged.map(({ code }) => code)).toEqual(expect.arrayContaining(['remind_later', 'reminders_left']));
});

test('a ticket that could not be stored loses nobody their mail: the next hour sends it', async () => {
  await everybody(2);
  const { table } = stage;
  const put: Table['put'] = async (item, condition) => {
    if (item.pk === keys.tickets('person1@example.com')) throw new Error('busy');
    return table.put(item, condition);
  };
  expect(await run({ table: { ...table, put } })).toMatchObject({ people: 1, failed: 0, left: 1 });
  later(stage, 3600);
  expect(await run()).toMatchObject({ people: 1, left: 0 });
  expect(stage.mails.map(({ to }) => to).toSorted()).toEqual(['person0@example.com', 'person1@example.com']);
});

test('a fault at one person leaves out nobody else, and that one is tried again an hour later', async () => {
  await everybody(9);
  const { table } = stage;
  const update: Table['update'] = async (key, change) => {
    if (key.pk === keys.grants('person3@example.com')) throw new Error('busy');
    return table.update(key, change);
  };
  expect(await run({ table: { ...table, update } })).toMatchObject({ people: 8, failed: 0, left: 1 });
  later(stage, 3600);
  expect(await run()).toMatchObject({ people: 1, left: 0 });
});
