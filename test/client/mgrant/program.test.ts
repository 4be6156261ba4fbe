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
