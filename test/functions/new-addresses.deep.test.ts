import { MailNotTaken } from '../../shared/aws/mailer';
import { keys } from '../../shared/store/keys';
import { later, linkIn, openStage, type Stage } from '../support/stage';

const cap = 5;
let stage: Stage;
let admin: string;
beforeAll(async () => {
  stage = await openStage({ linksPerHourPerIp: 1000, newAddressesPerDomainPerHour: cap, tokenTtl: '300 d' });
  admin = await stage.tokenFor('admin@example.com');
  for (const email of ['*@lab.org', '*@cs.lab.org', 'named@lab.org']) await allow(email);
  const ruler = { email: 'ruler@lab.org', hosts: ['h'], dbs: ['d'], emails: ['@lab.org'], which: 'all' };
  expect((await stage.ask('PUT', '/rulers', { token: admin, body: ruler })).status).toBe(200);
});
afterAll(() => stage.close());
beforeEach(() => {
  // Each test has an hour, and names, of its own.
  later(stage, 3600);
  stage.mails.length = 0;
  stage.logged.length = 0;
  stage.deps.sendMail = async (mail) => void stage.mails.push(mail);
});

const allow = async (email: string) => {
  const body = { email, host: 'h', db: 'd', role: 'read', which: 'allow' };
  expect((await stage.ask('PUT', '/rules', { token: admin, body })).status).toBe(200);
};
let asked = 0;
const ask = (email: string) =>
  stage.ask('POST', '/links', { body: { email }, ip: `10.${asked >> 16}.${(asked >> 8) & 255}.${asked++ & 255}` });
let names = 0;
const invent = (domain = 'lab.org') => `n${names++}@${domain}`;
const fill = async (domain = 'lab.org') => {
  for (let n = 0; n < cap; n++) await ask(invent(domain));
};
const mailed = () => stage.mails.map(({ to }) => to);
const refusals = async () =>
  (await stage.table.query({ pk: keys.events(stage.clock.now.toISOString().slice(0, 10)) }))
    .filter(({ reason }) => reason === 'too_many_new_addresses')
    .map(({ act, email }) => [act, email]);

test('names that only a pattern knows are mailed so often an hour, with one answer for all, an event and a word for the alarm', async () => {
  const answers = [];
  for (let n = 0; n < cap + 2; n++) answers.push(await ask(invent()));
  expect(stage.mails).toHaveLength(cap);
  for (const { status, headers, text } of answers)
    expect({ status, headers, text }).toEqual({ status: 202, headers: answers[0]?.headers, text: answers[0]?.text });
  expect(await refusals()).toEqual([
    ['link_refused', `n${names - 2}@lab.org`],
    ['link_refused', `n${names - 1}@lab.org`],
  ]);
  const { requestId: _, ...facts } = stage.logged.find(({ code }) => code === 'new_addresses_capped')?.facts ?? {};
  expect(facts).toEqual({ domain: 'lab.org' });
  later(stage, 3600);
  await ask(invent());
  expect(stage.mails).toHaveLength(cap + 1);
});

test('who redeemed a link, for more than a year, is mailed all the same, and so is whom a setting, a rule or a scope names', async () => {
  const you = 'you@lab.org';
  await ask(you);
  const [mail] = stage.mails;
  expect((await stage.ask('POST', mail ? linkIn(mail) : '')).status).toBe(200);
  const [link] = await stage.table.query({ pk: keys.links(you), prefix: 'link#' });
  expect(Number(link?.deleteAt)).toBeGreaterThan(stage.clock.now.getTime() / 1000 + 700 * 86_400 - 60);
  await fill();
  stage.mails.length = 0;
  const known = [you, 'named@lab.org', 'ruler@lab.org', 'admin@example.com'];
  for (const email of [invent(), ...known]) await ask(email);
  expect(mailed()).toEqual(known);
});

test('they do not count either', async () => {
  for (const email of ['named@lab.org', 'ruler@lab.org', 'you@lab.org']) await ask(email);
  await fill();
  expect(stage.mails).toHaveLength(3 + cap);
});

test('a link whose token is over or was revoked is enough', async () => {
  const old = {
    ...keys.link({ email: 'old@lab.org', id: 'i' }),
    email: 'old@lab.org',
    id: 'i',
    hash: 'h',
    expiresAt: 1,
  };
  await stage.table.put({ ...old, state: 'revoked' });
  await fill();
  await ask('old@lab.org');
  expect(mailed()).toContain('old@lab.org');
});

test('each domain has its own limit, also under a rule for everybody', async () => {
  await fill();
  await fill('cs.lab.org');
  await allow('*');
  await fill('elsewhere.org');
  for (const domain of ['lab.org', 'cs.lab.org', 'elsewhere.org']) await ask(invent(domain));
  expect(stage.mails).toHaveLength(3 * cap);
});

test('sixty at once are mailed no more often, and who got nothing lost no link of their day', async () => {
  const people = Array.from({ length: 60 }, () => invent());
  await Promise.all(people.map(ask));
  expect(stage.mails).toHaveLength(cap);
  later(stage, 3600);
  const [left = ''] = people.filter((email) => !mailed().includes(email));
  expect((await stage.table.get(keys.sentLinks(left)))?.count).not.toBe(1);
  await ask(left);
  expect(mailed()).toContain(left);
});

test('a mail that SES did not take does not count', async () => {
  const { sendMail } = stage.deps;
  stage.deps.sendMail = async () => {
    throw new MailNotTaken();
  };
  for (let n = 0; n < 2 * cap; n++) await ask(invent());
  stage.deps.sendMail = sendMail;
  await fill();
  expect(stage.mails).toHaveLength(cap);
});
