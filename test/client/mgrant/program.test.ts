import { runMgrant } from '../../support/run-mgrant';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

test('help that was asked for goes to stdout, with examples', async () => {
  const { status, out, err } = await runMgrant(['--help']);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(out).toContain('$ mgrant login you@lab.org --endpoint');
});

test('without a command it says how it is used, on stderr, and that this was not right', async () => {
  const { status, out, err } = await runMgrant([]);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain('Usage: mgrant');
});

test('a misspelt command gets a suggestion', async () => {
  const { status, out, err } = await runMgrant(['whoam']);
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toContain('Did you mean whoami?');
});

test.each([[['whoam']], [['whoami', '--colour']], [['whoami', 'x']], [[]]])(
  'with --json, wrong usage %j is one line of JSON on stderr',
  async (args) => {
    const { status, out, err } = await runMgrant([...args, '--json']);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(JSON.parse(err)).toEqual({ code: 'wrong_usage', detail: expect.any(String) });
  },
);

test('a refusal is status 1: words for people, JSON for programs', async () => {
  const settings = folder.path('settings.json');
  const people = await runMgrant(['whoami'], { settings });
  expect(people).toMatchObject({ status: 1, out: '', err: expect.stringContaining('error: There is no token yet') });
  const programs = await runMgrant(['whoami', '--json'], { settings });
  expect(programs).toMatchObject({ status: 1, out: '' });
  expect(JSON.parse(programs.err)).toMatchObject({ code: 'token_missing' });
});

test('colours are for terminals, and obey NO_COLOR and FORCE_COLOR', async () => {
  const settings = folder.path('settings.json');
  const colored = async (env: Record<string, string>, terminals: 'err'[]) =>
    (await runMgrant(['whoami'], { settings, env, terminals })).err.includes('\u001b[');
  expect(await colored({}, [])).toBe(false);
  expect(await colored({}, ['err'])).toBe(true);
  expect(await colored({ NO_COLOR: '1' }, ['err'])).toBe(false);
  expect(await colored({ FORCE_COLOR: '1' }, [])).toBe(true);
  expect(await colored({ FORCE_COLOR: '0' }, ['err'])).toBe(false);
  expect(await colored({ TERM: 'dumb' }, ['err'])).toBe(false);
});

test('what the service says stays as it is; people get a hint beneath', async () => {
  const detail = 'There is none. Look at the list of them.';
  const fetch = async () => Response.json({ code: 'rule_unknown', detail, requestId: 'r' }, { status: 404 });
  const env = { settings: folder.path('known.json'), fetch };
  const { Client } = await import('../../../client/index');
  await new Client({ settings: env.settings }).setRemote('https://api.lab.org', 'aaa.bbb.ccc');
  expect((await runMgrant(['whoami'], env)).err).toBe(`error: ${detail}\nThe rules as they are now: mgrant rules\n`);
  expect(JSON.parse((await runMgrant(['whoami', '--json'], env)).err)).toMatchObject({ detail });
});

test('MGRANT_DEBUG=1 shows every cause with its code, and nothing that looks like a token or a login', async () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ5b3UifQ.c2ln';
  const fetch = async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:3128'), { code: 'ECONNREFUSED' });
    const wordy = new Error(`http://me:proxy-word@proxy:3128 with ${token}`, { cause: refused });
    throw new TypeError('fetch failed', { cause: wordy });
  };
  const env = { settings: folder.path('known.json'), fetch };
  const { Client } = await import('../../../client/index');
  await new Client({ settings: env.settings }).setRemote('https://api.lab.org', 'aaa.bbb.ccc');
  const quiet = (await runMgrant(['whoami'], env)).err;
  expect(quiet).toMatch(/^error: https:\/\/api\.lab\.org refuses the connection.*\nWhat the system said:.*\n$/);
  const { err } = await runMgrant(['whoami'], { ...env, env: { MGRANT_DEBUG: '1' } });
  expect(err.split('\n').filter((line) => line.startsWith('caused by'))).toEqual([
    'caused by TypeError: fetch failed',
    'caused by Error: http://***@proxy:3128 with ***',
    'caused by Error: connect ECONNREFUSED 192.0.2.1:3128',
  ]);
  const json = JSON.parse((await runMgrant(['whoami', '--json'], env)).err);
  expect(json).toMatchObject({ code: 'no_answer', reason: 'connection_refused' });
});

test('what stands behind two dashes is no option of any command', async () => {
  const { status, err } = await runMgrant(['grants', 'settle', '--', '--json']);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('then say --gone') });
});
