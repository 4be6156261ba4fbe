import { runMgrant, type World } from '../../support/run-mgrant';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const settings = () => folder.path('you.json');
const me = { email: 'you@lab.org', admin: false, ruler: false, access: [] };
const answers: Record<string, () => Response> = {
  'good.org': () => Response.json({ ...me, expires: '2026-12-24T08:00:00.000Z' }),
  'late.org': () =>
    Response.json({ code: 'token_expired', detail: 'This token has expired.', requestId: 'r' }, { status: 401 }),
};
let asked: string[] = [];
beforeEach(() => {
  asked = [];
});

const fetch: World['fetch'] = async (input, init) => {
  const { hostname } = new URL(new Request(input, init).url);
  asked.push(hostname);
  const answer = answers[hostname];
  if (!answer) throw new Error('connect ECONNREFUSED');
  return answer();
};
const mgrant = (line: string, world: World = {}) =>
  runMgrant(line.split(' '), { settings: settings(), fetch, env: { CI: '' }, ...world });

async function withServices(...names: string[]) {
  const { Client } = await import('../../../client/index');
  const client = new Client({ settings: settings(), env: {} });
  for (const name of names) await client.setRemote(`https://${name}`, 'secret-token');
  return client;
}

test('status says who one is at each service; one that is silent, or says no, does not hold up the others', async () => {
  const client = await withServices('silent.org', 'good.org', 'late.org');
  await client.setRemote('https://new.org', '');
  const { status, out, err } = await mgrant('status');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  const lines = out.split('\n');
  expect(lines[1]).toMatch(/^\* +https:\/\/silent\.org +https:\/\/silent\.org does not answer/);
  expect(lines[2]).toMatch(/^- +https:\/\/good\.org +you@lab\.org, until 2026-12-24 08:00 UTC \(in 30 days\)$/);
  expect(lines[3]).toMatch(/^- +https:\/\/late\.org +This token has expired\.$/);
  expect(lines[4]).toMatch(/^- +https:\/\/new\.org +No token yet: mgrant login .* --endpoint https:\/\/new\.org$/);
  expect(out).toContain(`Settings:  ${settings()}\n`);
  expect(out).toContain('Label:     made with your next login\n');
  // Each is asked once: a pause before another try would be for nothing.
  expect(asked.sort()).toEqual(['good.org', 'late.org', 'silent.org']);
  expect(out).not.toContain('secret-token');
});

test.each([20, -20])('a clock that is %i hours ahead does not move the ends that status tells', async (hours) => {
  await withServices('good.org');
  const date = 'Tue, 24 Nov 2026 08:00:00 GMT';
  const now = () => new Date(Date.parse(date) + hours * 3_600_000);
  const dated: World['fetch'] = async (...request) => {
    const answer = await fetch?.(...request);
    return new Response(answer?.body, { status: answer?.status, headers: { date } });
  };
  expect((await mgrant('status', { now, fetch: dated })).out).toContain('2026-12-24 08:00 UTC (in 30 days)');
  const offline = await mgrant('status', { now, fetch: async () => Promise.reject(new Error('ECONNREFUSED')) });
  expect(offline).toMatchObject({ status: 0, out: expect.stringContaining('does not answer') });
});

test('use chooses the service, status shows which, and every other command asks it', async () => {
  await withServices('silent.org', 'good.org');
  expect(await mgrant('use good')).toMatchObject({ status: 0, out: 'https://good.org is used from now on.\n' });
  const { services } = JSON.parse((await mgrant('status --json')).out);
  expect(services).toEqual([
    { endpoint: 'https://silent.org', used: false, code: 'no_answer', detail: expect.any(String) },
    { ...{ endpoint: 'https://good.org', used: true }, ...{ email: me.email, expires: '2026-12-24T08:00:00.000Z' } },
  ]);
  asked = [];
  expect(await mgrant('whoami')).toMatchObject({ status: 0 });
  expect(await mgrant('whoami --endpoint silent')).toMatchObject({ status: 1 });
  expect(new Set(asked)).toEqual(new Set(['good.org', 'silent.org']));
  expect(await mgrant('use --all')).toMatchObject({ status: 0 });
  expect(JSON.parse((await mgrant('status --json')).out).services[0]).toMatchObject({ used: true });
});

test('an unknown name changes nothing, and lists the services that there are', async () => {
  await withServices('one.org', 'two.org');
  const { status, out, err } = await mgrant('use three');
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain('There are:\n  https://one.org\n  https://two.org');
  for (const line of ['use', 'use one --all']) expect(await mgrant(line)).toMatchObject({ status: 2 });
});

test('status without any service says how to begin', async () => {
  const { status, out } = await mgrant('status');
  expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('mgrant login you@lab.org --endpoint') });
  const json = JSON.parse((await mgrant('status --json')).out);
  expect(json).toEqual({ services: [], label: null, settings: settings() });
});

test('status names the label that logins here get', async () => {
  const label = async (line: string, env: Record<string, string> = {}) =>
    JSON.parse((await mgrant(`${line} --json`, { env: { CI: '', ...env } })).out).label;
  expect(await label('status', { MGRANT_LABEL: 'job' })).toBe('job');
  expect(await label('status', { CI: 'true' })).toBe('');
  await (await withServices()).setLabel('laptop');
  expect(await label('status')).toBe('laptop');
});

test('a new token goes to the service that was asked for a link, whichever is in use', async () => {
  const client = await withServices('late.org');
  await client.setRemote('https://good.org', '');
  expect((await mgrant('use late.org')).status).toBe(0);
  asked = [];
  const { status } = await mgrant('settoken', { readInput: async () => 'new-token' });
  expect([status, asked]).toEqual([0, ['good.org']]);
});
