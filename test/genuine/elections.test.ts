import { setTimeout as pause } from 'node:timers/promises';
import { later } from '../support/stage';
import { grantRows, openSetStage, type SetStage } from './set-stage';

let on: SetStage;
beforeAll(async () => {
  on = await openSetStage({ members: 3 });
}, 120_000);
afterAll(() => on.close());

const seconds = 60;
const stepDownsAt = [5, 25, 45];

test('grants once a second through three step-downs are given, or can be asked for again; one password of each works', async () => {
  const term = await readTerm();
  const answers: {
    db: string;
    status: number;
    code?: string;
    retryAfter?: string;
    login?: { username: string; password: string };
  }[] = [];
  const asking: Promise<void>[] = [];
  for (let second = 0; second < seconds; second++) {
    if (stepDownsAt.includes(second)) void stepDown();
    const db = `d${second % 12}`;
    asking.push(
      on.grant(db).then(({ status, json, headers }) => {
        answers.push({
          db,
          status,
          code: json.code,
          retryAfter: headers['retry-after'],
          ...(status === 201 && { login: { username: json.username, password: json.password } }),
        });
      }),
    );
    await pause(1000);
    later(on.stage, 1);
  }
  await Promise.all(asking);
  const count = (status: number) => answers.filter((answer) => answer.status === status).length;
  console.log(
    `201: ${count(201)}, 503: ${count(503)}, others: ${JSON.stringify(answers.filter(({ status }) => ![201, 503].includes(status)))}`,
  );
  expect(answers).toHaveLength(seconds);
  expect(answers.filter(({ status }) => status !== 201 && status !== 503)).toEqual([]);
  expect(answers.filter(({ status, retryAfter }) => status === 503 && !Number(retryAfter))).toEqual([]);
  expect(count(201)).toBeGreaterThan(seconds / 2);

  await on.set.untilSettled();
  expect((await readTerm()) - term).toBeGreaterThanOrEqual(stepDownsAt.length);
  later(on.stage, 60);
  await on.reap();
  const active = (await grantRows()).filter(({ state }) => state === 'active');
  const works = await Promise.all(active.map(({ db }) => workingPasswords(String(db), answers)));
  expect(works).toEqual(active.map(() => 1));
  expect(await taggedUsers()).toEqual(active.map(({ usersDb, username }) => `${usersDb}.${username}`).sort());
}, 180_000);

async function stepDown(): Promise<void> {
  const primary = await on.set.findPrimary();
  const client = primary.client();
  await client
    .db('admin')
    .command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 })
    .catch(() => {});
  await client.close();
}

/** It grows with each election. */
async function readTerm(): Promise<number> {
  const client = on.set.client();
  const { term } = await client.db('admin').command({ replSetGetStatus: 1 });
  await client.close();
  return Number(term);
}

/** How many of all passwords that were handed out for this database let in. */
async function workingPasswords(db: string, answers: { db: string; login?: { username: string; password: string } }[]) {
  const logins = answers.flatMap((answer) => (answer.db === db && answer.login ? [answer.login] : []));
  const outcomes = await Promise.all(
    logins.map(async (auth) => {
      const client = on.set.client({ auth, authSource: db });
      return client
        .connect()
        .then(
          () => 1,
          () => 0,
        )
        .finally(() => client.close());
    }),
  );
  return outcomes.reduce<number>((sum, one) => sum + one, 0);
}

async function taggedUsers(): Promise<string[]> {
  const client = on.set.client();
  const { users } = await client
    .db('admin')
    .command({ usersInfo: { forAllDBs: true }, filter: { 'customData.mongogrant': { $exists: true } } });
  await client.close();
  return users.map(({ _id }: { _id: string }) => _id).sort();
}
