import { seconds } from '../../shared/policy/time';
import { planSweep } from '../../shared/store/sweeps';
import { type Genuine, startGenuine } from '../support/genuine/start-genuine';
import { later, openStage, registerHost, type Stage } from '../support/stage';
import { grantRow, runReaper } from './set-stage';

const host = 'silent.example';
const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' } as const;
let stage: Stage;
let you: string;
let admin: string;
let server: Genuine;
beforeEach(async () => {
  stage = await openStage({ tokenTtl: '300 d' });
  server = await startGenuine();
  admin = await stage.tokenFor('admin@example.com');
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
  await registerHost(host, { host: '127.0.0.1', port: server.port, ...server.admin });
}, 60_000);
afterEach(async () => {
  await server.kill('SIGCONT');
  await Promise.all([server.close(), stage.close()]);
});

const ask = (db: string, at = host, ttl = '2 h') =>
  stage.ask('POST', '/grants', { token: you, body: { host: at, db, role: 'readWrite', ttl } });

/** The answer, and the milliseconds that it took. */
async function timed<T>(request: Promise<T>): Promise<{ answer: T; took: number }> {
  const began = Date.now();
  return { answer: await request, took: Date.now() - began };
}

test('a frozen server makes two requests wait; the others are answered at once, and one after its return opens it again', async () => {
  expect((await ask('before')).status).toBe(201);
  await server.kill('SIGSTOP');
  for (const db of ['a', 'b']) expect((await ask(db)).json.code).toBe('host_unreachable');
  const third = await timed(ask('c'));
  expect([third.answer.status, third.answer.json.code, third.took < 1000]).toEqual([503, 'host_unreachable', true]);
  const revoked = await timed(stage.ask('DELETE', '/grants?db=before', { token: you }));
  expect([revoked.answer.json.pending.length, revoked.took < 1000]).toEqual([1, true]);
  console.log(`asked: ${third.took} ms, revoked: ${revoked.took} ms`);
  await server.kill('SIGCONT');
  later(stage, 10);
  expect((await ask('d')).status).toBe(201);
  expect((await ask('e')).status).toBe(201);
}, 120_000);

test('beside a frozen server, of which much is to be swept, the reaper ends what is due on another one at once', async () => {
  expect((await ask('due', stage.host, '1 h')).status).toBe(201);
  for (let n = 0; n < 12; n++) expect((await ask(`swept_${n}`)).status).toBe(201);
  await server.kill('SIGSTOP');
  const query = new URLSearchParams(rule);
  await stage.ask('DELETE', `/rules?${query}`, { token: admin });
  await stage.ask('PUT', '/rules', { token: admin, body: { ...rule, host: stage.host } });
  await planSweep(stage.table, { rule: { ...rule, host } }, seconds(stage.clock.now));
  later(stage, 3600);
  let dropped = 0;
  const began = Date.now();
  stage.outside.after = (call) => {
    if (call === 'users.drop' && dropped === 0) dropped = Date.now() - began;
  };
  expect(await runReaper(stage)).toMatchObject({ ended: 1, silent: [host], faults: 0 });
  console.log(`dropped on the other server after ${dropped} ms, the run took ${Date.now() - began} ms`);
  expect(dropped).toBeLessThan(2000);
  expect((await grantRow('due'))?.state).toBe('ended');
  expect((await grantRow('swept_3'))?.state).toBe('ending');
}, 120_000);
