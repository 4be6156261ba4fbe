import { mongoUsers } from '../../shared/mongo/mongo-users';
import { startGenuine } from '../support/genuine/start-genuine';
import { later, openStage, registerHost, type Stage } from '../support/stage';
import { grantRow, runReaper } from './set-stage';

let stage: Stage;
let admin: string;
let you: string;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d', linksPerDay: 1000 });
  admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  you = await stage.tokenFor('you@example.com');
});
afterEach(() => stage.close());

const host = 'returns.example';
const ask = (db: string) =>
  stage.ask('POST', '/grants', { token: you, body: { host, db, role: 'readWrite', ttl: '1 h' } });

test('a host that was down when it was first met serves the first request after it is back, and loses what is due', async () => {
  const server = await startGenuine();
  await registerHost(host, { host: '127.0.0.1', port: server.port, ...server.admin });
  expect((await ask('before')).status).toBe(201);
  // As in a process that has met none of the hosts yet.
  const cold = mongoUsers();
  Object.assign(stage.deps.users, cold);
  await server.kill('SIGKILL');
  try {
    const down = await ask('a');
    expect([down.status, down.json.code, down.headers['retry-after']]).toEqual([503, 'host_unreachable', '60']);
    later(stage, 3600);
    for (let minute = 0; minute < 3; minute++) {
      expect(await runReaper(stage)).toMatchObject({ due: 1, ended: 0, silent: [host] });
      later(stage, 60);
    }
    await server.restart();
    expect((await ask('a')).status).toBe(201);
    expect(await runReaper(stage)).toMatchObject({ due: 1, ended: 1, silent: [], oldestOverdue: 0 });
    expect(await grantRow('before')).toMatchObject({ state: 'ended', proof: { refusedBy: [server.address] } });
  } finally {
    await cold.close();
    await server.close();
  }
}, 120_000);
