import { findFreePort } from '../../../local/genuine/free-port';
import { useReaperStage } from '../../support/reaper-stage';
import { runMgrant, type World } from '../../support/run-mgrant';
import { registerHost } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const on = useReaperStage();

/** `mgrant decommission` as an admin types it; while it waits, the reaper runs as it does each minute. */
async function decommission(line = '--yes', world: World = {}) {
  const settings = folder.path('settings.json');
  const fetch = stageFetch(on.stage);
  await runMgrant(['settoken', '--endpoint', endpoint], { ...fetch, settings, readInput: async () => on.admin });
  return runMgrant(['decommission', ...line.split(' ')], {
    ...fetch,
    settings,
    env: { MONGOGRANT_TABLE: 'mongogrant' },
    sleep: async () => void (await on.run()),
    ...world,
  });
}

test('every login ends, each host is looked at, and what remains is told', async () => {
  const [one, two] = [await on.grant('fw'), await on.grant('alloys', { role: 'read' })];
  const { status, out } = await decommission();
  expect([status, out]).toEqual([0, expect.stringMatching(/^No login is left\.\n/)]);
  expect(out).toContain(`${on.stage.host}: no user of mongogrant's`);
  for (const command of [
    `aws secretsmanager delete-secret --secret-id mongogrant/hosts/${on.stage.host}`,
    'aws cloudformation delete-stack --stack-name mongogrant',
    'aws dynamodb delete-table --table-name mongogrant',
  ])
    expect(out).toContain(`${command}\n`);
  expect([await on.loginOf('fw', one), await on.loginOf('alloys', two)]).toEqual([18, 18]);
  const again = await on.stage.ask('POST', '/grants', {
    token: on.you,
    body: { host: on.stage.host, db: 'fw', role: 'read' },
  });
  expect(again.status).toBe(403);
  expect(JSON.parse((await decommission('--yes --json')).out)).toMatchObject({ ended: true, grants: [] });
});

test('what has not ended is named, and nothing is said to be deleted', async () => {
  await on.grant('fw');
  const { status, out } = await decommission('--yes --wait 20s', { sleep: async () => {} });
  expect([status, out]).toEqual([
    1,
    expect.stringContaining(`Not ended yet: you@example.com readWrite ${on.stage.host}/fw`),
  ]);
  expect(out).toContain('Do not delete the deployment yet.');
  expect(out).not.toContain('delete-stack');
});

test('a user who is left on a host, and a host that can not be asked, are no end', async () => {
  await on.grant('fw');
  const rows = await on.rows();
  const { users, secrets } = on.stage.deps;
  const secret = await secrets.host(on.stage.host);
  if (!secret) throw new Error('the host is registered');
  const tag = { email: 'you@example.com', label: 'x', grant: 'of-no-row', expires: '', stack: 'mongogrant' };
  const host = { name: on.stage.host, secret };
  const stray = { user: 'stray', db: String(rows[0]?.usersDb), password: 'x', roles: [], tag, cidrs: [] };
  await users.create(host, stray);
  const { status, out } = await decommission();
  expect([status, out]).toEqual([1, expect.stringContaining(`${on.stage.host}: 1 of mongogrant's users: fw.stray`)]);
  await users.drop(host, stray);
  await registerHost('down.example', { ...on.stage.admin, host: '127.0.0.1', port: await findFreePort() });
  const silent = await decommission();
  expect([silent.status, silent.out]).toEqual([1, expect.stringContaining('down.example: could not be asked.')]);
}, 60_000);

test('without a yes nothing is changed', async () => {
  const login = await on.grant('fw');
  const { status, err } = await decommission('--json');
  expect([status, err]).toEqual([1, expect.stringContaining('End all logins (1 in use)')]);
  expect(await on.loginOf('fw', login)).toBe('works');
});
