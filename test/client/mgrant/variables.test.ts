import { mkdir, readdir, readFile } from 'node:fs/promises';
import { inReadOnly } from '../../support/read-only';
import { runMgrant, type World } from '../../support/run-mgrant';
import { openStage, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;
let token: string;

beforeEach(async () => {
  stage = await openStage();
  const body = { email: 'you@example.com', host: stage.host, db: 'demo*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: await stage.tokenFor('admin@example.com'), body });
  token = await stage.tokenFor('you@example.com');
});
afterEach(() => stage.close());

const mgrant = (line: string, env: Record<string, string>, world: World = {}) =>
  runMgrant(line.split(' '), {
    ...{ fetch: stageFetch(stage).fetch, now: () => stage.clock.now, env: { CI: '', ...env } },
    ...world,
  });
const home = () => folder.path('.');

test('with token and service by variable, every command works without a home, and shows no token', async () => {
  const env = { HOME: '', MGRANT_TOKEN: token, MGRANT_ENDPOINT: endpoint };
  const place = `${stage.host} demo`;
  for (const line of ['whoami', `db ${place} --format uri`, 'grants', `renew ${place}`, 'status', `revoke ${place}`]) {
    const { status, out, err } = await mgrant(line, env);
    expect({ line, status, err }).toEqual({ line, status: 0, err: '' });
    expect(out).not.toContain(token);
  }
  expect((await mgrant('status', env)).out).toContain('that of MGRANT_TOKEN');
});

test('a login that nobody kept is not said to be kept', async () => {
  const env = { HOME: home(), MGRANT_TOKEN: token, MGRANT_ENDPOINT: endpoint };
  const { status, out, err } = await mgrant(`db ${stage.host} demo`, env);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('was not kept');
  expect(await readdir(home())).toEqual([]);
});

test('a token by variable goes to no service that has only a part of its name', async () => {
  await mgrant(`settoken --endpoint ${endpoint}`, { HOME: home() }, { readInput: async () => token });
  for (const part of ['example', 'pi.example.org']) {
    const { status, err } = await mgrant('whoami', { HOME: home(), MGRANT_TOKEN: token, MGRANT_ENDPOINT: part });
    expect({ status, err }).toEqual({
      status: 1,
      err: expect.stringContaining(`No service here has the name "${part}"`),
    });
  }
});

test('a home that can only be read is warned of once, and the login is there', async () => {
  expect(
    await mgrant(`settoken --endpoint ${endpoint}`, { HOME: home() }, { readInput: async () => token }),
  ).toMatchObject({ status: 0 });
  const env = { HOME: home(), MGRANT_TOKEN: token, MGRANT_ENDPOINT: 'api.example.org' };
  const { status, out, err } = await inReadOnly(home(), () => mgrant(`db ${stage.host} demo --format uri`, env));
  expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(/^mongodb:\/\/you_example\.com_read:/) });
  expect(err.match(/not kept/g)).toHaveLength(1);
  const refused = await inReadOnly(home(), () => mgrant(`db ${stage.host} demo`, { HOME: home() }));
  expect(refused).toMatchObject({ status: 1, err: expect.stringMatching(/MGRANT_SETTINGS.*\n.*--settings/) });
});

test('--settings comes before MGRANT_SETTINGS, and both before the home', async () => {
  await mkdir(folder.path('a'));
  const env = { HOME: '', MGRANT_SETTINGS: folder.path('b.json') };
  const readInput = async () => token;
  const said = await mgrant(`settoken --endpoint ${endpoint} --settings ${folder.path('a/x.json')}`, env, {
    readInput,
  });
  expect(said).toMatchObject({ status: 0, err: '' });
  expect(await readFile(folder.path('a/x.json'), 'utf8')).toContain(token);
  expect((await mgrant('whoami', env)).err).toContain('There is no token');
  expect(await mgrant(`whoami --settings ${folder.path('a/x.json')}`, env)).toMatchObject({ status: 0 });
  expect((await runMgrant(['whoami', '--settings', ''], { env })).status).toBe(2);
});

test('a login whose token could not be kept asks for no link', async () => {
  const { length } = stage.mails;
  const env = { HOME: home() };
  const line = `login you@example.com --endpoint ${endpoint}`;
  expect(await mgrant(line, { HOME: '' })).toMatchObject({ status: 1, err: expect.stringContaining('no home folder') });
  const refused = await inReadOnly(home(), () => mgrant(line, env));
  expect(refused).toMatchObject({ status: 1, err: expect.stringContaining("can't be written") });
  expect(stage.mails).toHaveLength(length);
});

test('without a home mgrant says what to set', async () => {
  const { status, out, err } = await mgrant('whoami', { HOME: '' });
  expect({ status, out }).toEqual({ status: 1, out: '' });
  for (const way of ['HOME', 'MGRANT_SETTINGS', 'MGRANT_TOKEN', 'MGRANT_ENDPOINT', '--settings'])
    expect(err).toContain(way);
});

test('where the token came by variable, nothing that keeps or forgets one pretends to', async () => {
  const env = { HOME: home(), MGRANT_TOKEN: token, MGRANT_ENDPOINT: endpoint };
  for (const line of ['login you@example.com', 'init you@example.com', 'settoken', 'logout', 'use example']) {
    const { status, err } = await mgrant(line, env);
    expect({ line, status, err }).toMatchObject({ status: 1, err: expect.stringContaining('Unset it first') });
  }
  expect(stage.mails).toHaveLength(2);
});

test('renew means the login that is kept here, and asks which where that is not clear', async () => {
  const at = async (name: string) => {
    const env = { MGRANT_SETTINGS: folder.path(`${name}.json`) };
    await mgrant(`settoken --endpoint ${endpoint}`, env, { readInput: async () => token });
    await mgrant(`db ${stage.host} demo`, env);
    return env;
  };
  const [one] = [await at('one'), await at('two')];
  const { label } = JSON.parse(await readFile(folder.path('one.home.json'), 'utf8'));
  for (const more of ['', ' --role ro']) {
    const renewed = await mgrant(`renew ${stage.host} demo${more} --json`, one);
    expect(JSON.parse(renewed.out).grants).toMatchObject([{ label }]);
  }
  const stranger = { MGRANT_SETTINGS: folder.path('three.json'), MGRANT_TOKEN: token, MGRANT_ENDPOINT: endpoint };
  const unclear = await mgrant(`renew ${stage.host} demo`, stranger);
  expect(unclear).toMatchObject({ status: 2, err: expect.stringContaining(`--role read --label ${label}`) });
});
