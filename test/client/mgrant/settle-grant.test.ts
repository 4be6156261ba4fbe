import { reap } from '../../../functions/reap/reap';
import { runMgrant } from '../../support/run-mgrant';
import { allItems, later, openStage, registerHost, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { startServer, type TestServer } from '../../support/start-server';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;
let other: TestServer;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d' });
  other = await startServer({ admin: stage.admin });
});
afterEach(() => Promise.all([stage.close(), other.close()]));

const mgrant = (line: string) =>
  runMgrant(line.split(' '), {
    ...stageFetch(stage),
    env: { MONGOGRANT_TABLE: 'mongogrant', MONGOGRANT_BY: 'ops@lab.org', MONGOGRANT_ENDPOINT: endpoint },
    settings: folder.path('settings.json'),
  });
const row = async () => (await allItems()).find(({ pk }) => pk === 'grants#you@example.com');
const run = () =>
  reap({ ...stage.deps, clock: () => stage.clock.now.getTime() }, { requestId: 'r', ip: 'reap' }, Number.MAX_VALUE);

test('a login whose host leads to another server by now waits for an admin, who sees it and decides', async () => {
  await registerHost('moved.lab.org', { host: '127.0.0.1', port: stage.mongod.port, ...stage.admin });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  const you = await stage.tokenFor('you@example.com');
  const wish = { host: 'moved.lab.org', db: 'a', role: 'readWrite' };
  const { json: login } = await stage.ask('POST', '/grants', { token: you, body: wish });
  // The secret comes to name another server, and functions have forgotten the one before.
  const secret = JSON.stringify({ ...stage.admin, host: '127.0.0.1', port: other.port });
  const replaced = await runMgrant('hosts add moved.lab.org --secret - --replace'.split(' '), {
    ...stageFetch(stage),
    env: { MONGOGRANT_TABLE: 'mongogrant', MONGOGRANT_BY: 'ops@lab.org' },
    settings: folder.path('settings.json'),
    readInput: async () => secret,
  });
  expect(replaced).toMatchObject({ status: 0 });
  later(stage, 400);
  const { json } = await stage.ask('DELETE', '/grants', { token: you });
  expect(json).toMatchObject({ revoked: [], pending: [{ host: 'moved.lab.org' }] });
  // It lives where it was made.
  await stage.login(login.username, login.password, 'a');
  expect(await run()).toMatchObject({ unsettled: 1 });
  const again = await stage.ask('POST', '/grants', { token: you, body: wish });
  expect([again.status, again.json.detail]).toEqual([502, expect.stringContaining('mgrant grants settle')]);

  const id = String((await row())?.id);
  const listed = await mgrant('grants settle');
  expect(listed).toMatchObject({ status: 0, out: expect.stringContaining(`${id}  you@example.com  moved.lab.org`) });
  expect(listed.out).toContain('made on another server');
  expect(await mgrant(`grants settle ${id}`)).toMatchObject({ status: 2, out: '' });
  expect((await row())?.state).toBe('ending');
  expect(await mgrant(`grants settle ${id} --gone`)).toMatchObject({
    status: 0,
    out: expect.stringContaining('counts as ended, on your word'),
  });
  expect(await row()).toMatchObject({ state: 'ended', proof: { gone: false, leftOut: ['declared_gone'] } });
  expect(await mgrant(`grants settle ${id} --gone`)).toMatchObject({ status: 1 });
  // Releases before gave ids that look like an option.
  expect(await mgrant('grants settle --gone -- -R3nq0pXk2bW7s1Z')).toMatchObject({ status: 1 });
  expect((await mgrant('grants settle')).out).toContain('None waits for a decision.');
});
