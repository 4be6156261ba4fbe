import { access, readdir, readFile } from 'node:fs/promises';
import { Client, type ClientOptions } from '../../../client/index';
import { clientStage } from '../../support/client-stage';
import { inReadOnly } from '../../support/read-only';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const on = clientStage();
const home = temporaryFolder();
let asked: { to: string; token: string | null }[] = [];
let warnings: string[] = [];
beforeEach(() => {
  [asked, warnings] = [[], []];
});

/** A client that knows only what its variables say. */
function clientWith(env: Record<string, string>, options: ClientOptions = {}): Client {
  const { fetch } = stageFetch(on.stage, (request) => {
    const { origin, pathname } = new URL(request.url);
    asked.push({ to: `${request.method} ${origin}${pathname}`, token: request.headers.get('authorization') });
    return undefined;
  });
  const onWarning = (warning: string) => void warnings.push(warning);
  return new Client({ env, fetch, clock: () => on.stage.clock.now, sleep: async () => {}, onWarning, ...options });
}

const tokenFor = () => on.stage.tokenFor('you@example.com');
const given = async (more: Record<string, string>) => ({
  ...{ MGRANT_TOKEN: `${await tokenFor()}\n`, MGRANT_ENDPOINT: endpoint },
  ...more,
});
const auth = (client: Client) => client.getAuth(on.stage.host, 'demo', 'rw');
const requests = () => asked.map(({ to }) => to.replace(endpoint, ''));

test.each([
  ['no home', () => ({ HOME: '' })],
  ['a home without a settings file', () => ({ HOME: home.path('.') })],
  ['a home that nobody can have', () => ({ HOME: '/dev/null' })],
])('with token and service by variable there is a login in %s, and nothing is written', async (_what, where) => {
  const client = clientWith(await given(where()));
  const login = await auth(client);
  expect(login).toMatchObject({ username: 'you_example.com_readWrite', label: '' });
  expect(await auth(client)).toEqual(login);
  expect((await client.revoke(on.spec())).revoked).toHaveLength(1);
  expect(requests()).toEqual(['POST /grants', 'DELETE /grants']);
  expect(warnings).toEqual([]);
  expect(await client.home()).toEqual({ settings: undefined, label: '', endpoint });
  expect(await readdir(home.path('.'))).toEqual([]);
  await expect(access('.mongogrant.json')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('many who ask at once in one process get one login', async () => {
  const client = clientWith(await given({ HOME: '' }));
  const logins = await Promise.all(Array.from({ length: 5 }, () => auth(client)));
  expect(new Set(logins.map(({ password }) => password)).size).toBe(1);
  expect(requests()).toEqual(['POST /grants']);
});

test('a settings file that is there keeps the login, and never the token of the variable', async () => {
  await clientWith({ HOME: home.path('.') }).setAlias('here', on.stage.host);
  const env = await given({ HOME: home.path('.') });
  const login = await clientWith(env).getAuth('here', 'demo', 'rw');
  const text = await readFile(home.path('.mongogrant.json'), 'utf8');
  expect(text).toContain(login.password);
  expect(text).not.toContain(env.MGRANT_TOKEN.trim());
  expect(JSON.parse(text).fetch.remotes).toEqual([]);
});

test('a settings file that can only be read is read, and one warning says that the login is not kept', async () => {
  await clientWith({ HOME: home.path('.') }).setAlias('here', on.stage.host);
  const client = clientWith(await given({ HOME: home.path('.') }));
  const before = await readFile(home.path('.mongogrant.json'), 'utf8');
  const login = await inReadOnly(home.path('.'), () => client.getAuth('here', 'demo', 'rw'));
  expect(login.label).toBe('');
  expect(warnings).toEqual([expect.stringMatching(/\.mongogrant.*can't be written.*MGRANT_SETTINGS.*not kept/)]);
  expect(await client.home()).toMatchObject({ settings: undefined });
  expect(await readFile(home.path('.mongogrant.json'), 'utf8')).toBe(before);
  expect(await client.getAuth('here', 'demo', 'rw')).toEqual(login);
});

test('without a token by variable a home that can only be read is an error, and nothing is asked', async () => {
  const client = clientWith({ HOME: home.path('.') });
  await client.setRemote(endpoint, await tokenFor());
  await inReadOnly(home.path('.'), async () => {
    await expect(auth(client)).rejects.toMatchObject({
      code: 'settings_unwritable',
      message: expect.stringContaining('MGRANT_SETTINGS'),
    });
  });
  expect(requests()).toEqual([]);
});

test('a login that is held serves in a home that can only be read', async () => {
  const env = { HOME: home.path('.'), CI: 'true' };
  await clientWith(env).setRemote(endpoint, await tokenFor());
  const login = await auth(clientWith(env));
  const again = await inReadOnly(home.path('.'), () => auth(clientWith({ HOME: home.path('.') })));
  expect(again).toEqual(login);
});

test('a token without a service is not sent anywhere: what is missing is said', async () => {
  const env = await given({ HOME: home.path('.'), MGRANT_ENDPOINT: '' });
  const failure = await clientWith(env)
    .me()
    .catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ code: 'endpoint_invalid', message: expect.stringContaining('MGRANT_ENDPOINT') });
  expect(String(failure)).not.toContain(env.MGRANT_TOKEN.trim());
  expect(requests()).toEqual([]);
  expect(await clientWith(env, { endpoint }).me()).toMatchObject({ email: 'you@example.com' });
});

test('a token of a variable goes to its own service only, also if another one is named', async () => {
  const elsewhere = clientWith(await given({ HOME: '' }), { endpoint: 'https://elsewhere.org' });
  await expect(elsewhere.me()).rejects.toMatchObject({ code: 'token_missing' });
  await expect(auth(elsewhere)).rejects.toMatchObject({ code: 'token_missing' });
  expect(requests()).toEqual([]);
});

test('the variable’s token comes before the one that is kept for its service', async () => {
  const kept = clientWith({ HOME: home.path('.') });
  await kept.setRemote(endpoint, 'kept-token');
  await kept.setRemote('https://other.org', 'token-of-other');
  const env = await given({ HOME: home.path('.') });
  expect(await clientWith(env).me()).toMatchObject({ email: 'you@example.com' });
  expect(asked.map(({ token }) => token)).toEqual([`Bearer ${env.MGRANT_TOKEN.trim()}`]);
});

test('without a home and without a token the ways out are named', async () => {
  for (const use of [() => clientWith({ HOME: '' }).me(), () => clientWith({ HOME: '' }).setRemote(endpoint, 't')])
    await expect(use()).rejects.toMatchObject({
      code: 'home_missing',
      message: expect.stringMatching(/HOME.*MGRANT_SETTINGS.*MGRANT_TOKEN.*MGRANT_ENDPOINT/),
    });
});

test('a file for a program is in a folder of its own where nothing is kept', async () => {
  const client = clientWith(await given({ HOME: '' }));
  const path = await client.caFile({ host: 'h.lab.org:27018', ca: 'PEM' });
  expect(path).toMatch(/mongogrant-\w{6}\/h\.lab\.org_27018\.pem$/);
  expect(await readFile(path ?? '', 'utf8')).toBe('PEM');
});
