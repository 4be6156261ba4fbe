import { readGrantsOf } from '../../shared/store/grants/reads';
import { ifInForce } from '../../shared/store/grants/states';
import { putTicket } from '../../shared/store/tickets';
import { newTicket } from '../../shared/tokens/tickets';
import { linkIn, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
  admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: stage.host, db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
  await measured(() => grant('warm'));
});
afterAll(() => stage.close());

const grant = (db: string, label = '') =>
  stage.ask('POST', '/grants', { token: you, body: { host: stage.host, db, role: 'readWrite', label } });

/** Asked of the server once in minutes, else answered from memory: mongo-deployments.test.ts. */
const inMemory = 'users.identify';

/** What a request calls: DynamoDB round trips in sequence (what runs beside another call takes no time of its own), and the other calls by name. */
async function measured(request: () => Promise<{ status: number }>) {
  let trips = 0;
  const running = new Set<string>();
  stage.outside.calls.length = 0;
  stage.outside.before = (call, index) => {
    // A look whether a host is registered runs beside all that a rule needs, and nothing waits for it.
    if (call.startsWith('hosts.')) return;
    if (call.startsWith('table.') && running.size === 0) trips++;
    running.add(`${call}${index}`);
  };
  stage.outside.after = (call, index) => void running.delete(`${call}${index}`);
  const { status } = await request();
  const named = (edge: string) =>
    stage.outside.calls
      .filter((call) => call.startsWith(`${edge}.`) && call !== inMemory)
      .map((call) => call.slice(edge.length + 1));
  stage.outside.before = undefined;
  stage.outside.after = undefined;
  return { status, trips, tables: named('table').length, mongodb: named('users'), mail: named('mail').length };
}

test('a new grant: 3 round trips and 1 MongoDB command', async () => {
  expect(await measured(() => grant('a'))).toMatchObject({ status: 201, trips: 3, mongodb: ['create'] });
});

test('a grant for a known label: 2 round trips, 1 MongoDB command that changes and 1 that looks', async () => {
  await grant('b');
  expect(await measured(() => grant('b'))).toMatchObject({ status: 201, trips: 2, mongodb: ['owner', 'update'] });
});

test('a renewal: the same', async () => {
  await grant('c');
  const renew = () =>
    stage.ask('POST', '/grants/renew', { token: you, body: { host: stage.host, db: 'c', role: 'readWrite' } });
  expect(await measured(renew)).toMatchObject({ status: 200, trips: 2, mongodb: ['owner', 'update'] });
});

test("a reminder's page: 2 round trips; its button: what two renewals at once need beside them", async () => {
  for (const db of ['k1', 'k2']) await grant(db);
  const { grants } = await readGrantsOf(stage.table, 'you@example.com');
  const ticket = newTicket('you@example.com');
  await putTicket(
    stage.table,
    ticket,
    grants.flatMap((one) => (one.db.startsWith('k') ? (ifInForce(one, 0) ?? []) : [])),
  );
  const at = (method: string) => () => stage.ask(method, `/renewals/${ticket.ticket}`);
  expect(await measured(at('GET'))).toMatchObject({ status: 200, trips: 2, mongodb: [] });
  const pressed = await measured(at('POST'));
  expect(pressed).toMatchObject({ status: 200, mongodb: expect.arrayContaining(['owner', 'update']) });
  expect(pressed.mongodb).toHaveLength(4);
  expect(pressed.trips).toBeLessThanOrEqual(6);
});

test('a link: 2 round trips and 1 mail', async () => {
  const ask = () => stage.ask('POST', '/links', { body: { email: 'you@example.com' } });
  expect(await measured(ask)).toMatchObject({ status: 202, trips: 2, mongodb: [], mail: 1 });
});

test('redeeming a link: 1 round trip', async () => {
  await stage.ask('POST', '/links', { body: { email: 'you@example.com' } });
  const mail = stage.mails.at(-1);
  const redeem = () => stage.ask('POST', mail ? linkIn(mail) : '');
  expect(await measured(redeem)).toMatchObject({ status: 200, trips: 1, mongodb: [] });
});

test('a terminal login: as a link; a code and a poll that waits 1 round trip each, the poll that gets the token 2', async () => {
  let login: { poll?: string; code?: string } = {};
  const begin = async () => {
    const answer = await stage.ask('POST', '/links', { body: { email: 'you@example.com', terminal: true } });
    login = answer.json;
    return answer;
  };
  expect(await measured(begin)).toMatchObject({ status: 202, trips: 2, mongodb: [], mail: 1 });
  const link = linkIn(stage.mails.at(-1) ?? { to: '', subject: '', text: '', html: '' });
  const poll = () => stage.ask('POST', '/links/poll', { body: { poll: login.poll } });
  expect(await measured(poll)).toMatchObject({ status: 202, trips: 1, mongodb: [] });
  const type = () => stage.ask('POST', link, { body: { code: login.code } });
  expect(await measured(type)).toMatchObject({ status: 200, trips: 1, mongodb: [] });
  expect(await measured(poll)).toMatchObject({ status: 200, trips: 2, mongodb: [] });
});

test('the routes of the Python server: as the routes that they stand for', async () => {
  const wish = { host: stage.host, db: 'py', role: 'readWrite' };
  const python = (path: string, fields: Record<string, string>) =>
    stage.ask('POST', path, { form: new URLSearchParams(fields).toString() });
  const login = () => python(`/grant/${you}`, wish);
  expect(await measured(login)).toMatchObject({ status: 200, trips: 3, mongodb: ['create'] });
  const rule = { ...wish, email: 'ada@lab.org', which: 'allow' };
  expect(await measured(() => python(`/setrule/${admin}`, rule))).toMatchObject({ status: 200, trips: 2 });
  expect(await measured(() => python(`/setrule/${admin}`, rule))).toMatchObject({ status: 200, trips: 1 });
  const ask = () => stage.ask('GET', '/gettoken/you@example.com');
  expect(await measured(ask)).toMatchObject({ status: 200, trips: 2, mail: 1 });
  const link = linkIn(stage.mails.at(-1) ?? { to: '', subject: '', text: '', html: '' });
  const redeem = () => stage.ask('GET', link.replace('/links/', '/verifytoken/'));
  expect(await measured(redeem)).toMatchObject({ status: 200, trips: 1 });
});

test('revoking n grants: reads, then writes side by side, and at most 6 MongoDB commands and one refused login each', async () => {
  const labels = ['1', '2', '3', '4', '5'];
  for (const label of labels) await grant('d', label);
  const { status, trips, mongodb } = await measured(() => stage.ask('DELETE', '/grants?db=d', { token: you }));
  const commands = mongodb.filter((name) => name !== 'tryLogin');
  expect([status, commands.length <= 6 * labels.length]).toEqual([200, true]);
  expect(mongodb.length - commands.length).toBe(labels.length);
  expect(trips).toBeLessThanOrEqual(2 + labels.length * 3);
});

test('me and grants: 1 round trip', async () => {
  expect(await measured(() => stage.ask('GET', '/me', { token: you }))).toMatchObject({
    status: 200,
    trips: 1,
    mongodb: [],
  });
  expect(await measured(() => stage.ask('GET', '/grants', { token: you }))).toMatchObject({
    status: 200,
    trips: 1,
    mongodb: [],
  });
});

test('a rule: 3 round trips, one of them for the sweep after it; why: 1; a dry run: the reads of a change, then grants, then rules', async () => {
  const rule = { email: 'you@example.com', host: stage.host, role: 'read', which: 'deny' };
  const set = (query: string, db: string) =>
    stage.ask('PUT', `/rules${query}`, { token: admin, body: { ...rule, db } });
  expect(await measured(() => set('', 'x'))).toMatchObject({ status: 200, trips: 3, mongodb: [] });
  expect(await measured(() => set('?dryRun=true', '*'))).toMatchObject({ status: 200, trips: 3, mongodb: [] });
  const why = () => stage.ask('GET', `/rules/why?host=${stage.host}&db=x&role=read`, { token: you });
  expect(await measured(why)).toMatchObject({ status: 200, trips: 1, mongodb: [] });
});

test("the counts do not grow with other people's rules, tokens and grants", async () => {
  const requests = () => Promise.all([measured(() => grant('f'))]);
  await grant('f');
  const before = await requests();
  for (let n = 0; n < 50; n++) {
    const email = `other${n}@lab.org`;
    await stage.ask('PUT', '/rules', {
      token: admin,
      body: { email, host: stage.host, db: '*', role: 'readWrite', which: 'allow' },
    });
    if (n < 10)
      await stage.ask('POST', '/grants', {
        token: await stage.tokenFor(email),
        body: { host: stage.host, db: 'f', role: 'read' },
      });
  }
  expect(await requests()).toEqual(before);
});
