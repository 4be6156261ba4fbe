import type { Document } from 'mongodb';
import type { Genuine } from '../support/genuine/start-genuine';
import { later } from '../support/stage';
import { grantRow, openSetStage, type SetStage } from './set-stage';

let on: SetStage;
let member: Genuine;
beforeAll(async () => {
  on = await openSetStage({ members: 3, testCommands: true, settings: { chainingAllowed: false } });
  const [, , third] = on.set.members;
  if (!third) throw new Error('a set without a third member');
  member = third;
}, 120_000);
afterAll(() => on.close());

/** Whether the member goes on applying what the primary does. */
async function replicate(goesOn: boolean): Promise<void> {
  const client = member.client();
  const mode = goesOn ? 'off' : 'alwaysOn';
  await client.db('admin').command({ configureFailPoint: 'rsSyncApplyStop', mode });
  await client.close();
  if (goesOn) await untilCaughtUp();
}

async function untilCaughtUp(): Promise<void> {
  const client = on.set.client();
  await client
    .db('x')
    .collection('x')
    .insertOne({}, { writeConcern: { w: 3, wtimeoutMS: 30_000 } });
  await client.close();
}

/** What the login gets at that member: its own words of a refusal, or in. */
async function loginThere({ username, password }: Document, db: string) {
  const client = member.client({ auth: { username, password }, authSource: db, serverSelectionTimeoutMS: 2000 });
  return client
    .connect()
    .then(
      () => 'in',
      (fault: { code?: number }) => fault.code,
    )
    .finally(() => client.close());
}

async function reapLater(seconds: number) {
  later(on.stage, seconds);
  return on.reap();
}

afterEach(async () => {
  on.stage.outside.after = undefined;
  await member.kill('SIGCONT');
  await replicate(true);
  await on.set.untilSettled();
});

test('a member that was stopped before it learned of a user proves nothing by not knowing it', async () => {
  await replicate(false);
  const { json: login } = await on.grant('a');
  const { json } = await on.revoke('a');
  expect(json).toMatchObject({ revoked: [], pending: [{ db: 'a' }] });
  expect(await grantRow('a')).toMatchObject({ state: 'ending', waitsFor: 'member_not_asked' });
  await reapLater(60);
  expect((await grantRow('a'))?.state).toBe('ending');
  await replicate(true);
  await reapLater(60);
  expect(await grantRow('a')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
  expect((await grantRow('a'))?.proof).toMatchObject({ unknownTo: expect.arrayContaining([member.address]) });
  expect(await loginThere(login, 'a')).toBe(18);
}, 60_000);

test('a member that was stopped between lock and drop still knows the user: the grant does not end before it forgets', async () => {
  const { json: login } = await on.grant('b');
  on.stage.outside.after = async (call) => {
    if (call === 'users.lock') await replicate(false);
  };
  expect((await on.revoke('b')).json).toMatchObject({ revoked: [], pending: [{ db: 'b' }] });
  on.stage.outside.after = undefined;
  expect(await grantRow('b')).toMatchObject({ state: 'ending', waitsFor: 'still_known' });
  // Whatever is said of a password there, and however long it lasts.
  await reapLater(2 * 86_400);
  await reapLater(2 * 86_400);
  expect((await grantRow('b'))?.state).toBe('ending');
  await replicate(true);
  await reapLater(60);
  expect(await grantRow('b')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
  expect(await loginThere(login, 'b')).toBe(18);
}, 60_000);

test('a member that never saw lock nor drop takes the login, and keeps the grant from its end', async () => {
  const { json: login } = await on.grant('c');
  await untilIn(login, 'c');
  await replicate(false);
  expect((await on.revoke('c')).json).toMatchObject({ revoked: [], pending: [{ db: 'c' }] });
  expect(await loginThere(login, 'c')).toBe('in');
  expect(await grantRow('c')).toMatchObject({ state: 'ending', waitsFor: 'still_known' });
  await replicate(true);
  await reapLater(60);
  expect(await grantRow('c')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
  expect(await loginThere(login, 'c')).toBe(18);
}, 60_000);

test('a frozen member is not asked: the grant waits for it, and is named after a day', async () => {
  await on.grant('d');
  await on.grant('e');
  await member.kill('SIGSTOP');
  const began = Date.now();
  expect((await on.revoke('d')).json).toMatchObject({ revoked: [], pending: [{ db: 'd' }] });
  console.log('revoke beside a frozen member', Date.now() - began, 'ms');
  expect(Date.now() - began).toBeLessThan(12_000);
  expect((await on.revoke('e')).json).toMatchObject({ pending: [{ db: 'e' }] });
  expect(await reapLater(60)).toMatchObject({ ended: 0, oldestOverdue: 0, silent: [] });
  expect(await grantRow('d')).toMatchObject({ state: 'ending', waitsFor: 'member_not_asked' });
  expect(await reapLater(86_400)).toMatchObject({ incomplete: 2 });
  expect(await grantRow('d')).toMatchObject({ state: 'ended', proof: { notAsked: [member.address] } });
}, 90_000);

test('a frozen member that is back within a day is asked within a minute', async () => {
  await on.grant('f');
  await member.kill('SIGSTOP');
  expect((await on.revoke('f')).json).toMatchObject({ pending: [{ db: 'f' }] });
  for (let minute = 0; minute < 3; minute++) await reapLater(60);
  await member.kill('SIGCONT');
  await on.set.untilSettled();
  await untilCaughtUp();
  await reapLater(60);
  expect(await grantRow('f')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
}, 90_000);

async function untilIn(login: Document, db: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) if ((await loginThere(login, db)) === 'in') return;
  throw new Error('the member never learned of the user');
}
