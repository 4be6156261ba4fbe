import type { Genuine } from '../support/genuine/start-genuine';
import { later } from '../support/stage';
import { grantRow, grantRows, openSetStage, type SetStage } from './set-stage';

let on: SetStage;
let secondary: Genuine;
beforeAll(async () => {
  on = await openSetStage({ members: 'arbiter' });
  const [, second] = on.set.members;
  if (!second) throw new Error('a set without a secondary');
  secondary = second;
}, 120_000);
afterAll(() => on.close());

/** An answer, and the seconds that it took. */
async function timed<T>(request: Promise<T>): Promise<{ answer: T; took: number }> {
  const began = Date.now();
  const answer = await request;
  return { answer, took: (Date.now() - began) / 1000 };
}

test('with its only secondary killed, a set answers every route in time and in true words; all is done a minute after its return', async () => {
  for (const db of ['a', 'b', 'c']) expect((await on.grant(db)).status).toBe(201);
  await secondary.kill('SIGKILL');
  const wish = { token: on.you, body: { host: 'set.example', db: 'a', role: 'readWrite' } };
  const asked = {
    new: timed(on.grant('new')),
    known: timed(on.grant('b')),
    renewed: timed(on.stage.ask('POST', '/grants/renew', wish)),
    revoked: timed(on.revoke('c')),
    me: timed(on.stage.ask('GET', '/me', { token: on.you })),
  };
  for (const [name, request] of Object.entries(asked)) {
    const { answer, took } = await request;
    console.log(name, answer.status, took.toFixed(1), answer.json.detail ?? '');
    expect([name, took < 12]).toEqual([name, true]);
  }
  for (const request of [asked.new, asked.known, asked.renewed]) {
    const { answer } = await request;
    expect([answer.status, answer.json.code]).toEqual([503, 'host_unreachable']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.json.detail).toContain('too few of its members');
  }
  expect((await asked.revoked).answer.json).toMatchObject({ revoked: [], pending: [{ db: 'c' }] });
  expect((await asked.me).answer.status).toBe(200);

  const again = await timed(on.grant('new'));
  console.log('again', again.answer.status, again.answer.json.detail);
  expect([again.answer.status, again.took < 12]).toEqual([503, true]);
  later(on.stage, 60);
  await on.reap();
  later(on.stage, 60);
  const { took } = await timed(on.reap());
  console.log('reap', took);
  expect((await grantRow('c'))?.state).toBe('ending');

  await secondary.restart();
  await on.set.untilSettled();
  later(on.stage, 60);
  expect(await on.reap()).toMatchObject({ faults: 0, silent: [], oldestOverdue: 0 });
  const states = Object.fromEntries((await grantRows()).map(({ db, state }) => [db, state]));
  expect(states).toEqual({ a: 'active', b: 'active', c: 'ended', new: 'ended' });
  expect((await grantRow('c'))?.proof).toMatchObject({ notAsked: [] });
  expect((await on.grant('new')).status).toBe(201);
}, 180_000);
