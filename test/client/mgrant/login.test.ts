import { readFile } from 'node:fs/promises';
import { runMgrant, type World } from '../../support/run-mgrant';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const poll = 'poll-secret-that-nobody-sees';
const token = 'token-that-nobody-sees';

/** A service that answers the first polls with what is given, and then with the token. */
function service(...polls: Response[]) {
  const asked: string[] = [];
  const answers = polls.values();
  const fetch: World['fetch'] = async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === '/links')
      return Response.json({ msg: 'sent', poll, code: 'WDJB-MJHT', interval: 5 }, { status: 202 });
    if (pathname === '/me')
      return Response.json({
        ...{ email: 'you@lab.org', expires: '2026-12-24T08:00:00.000Z', admin: false, ruler: false },
        access: [{ host: 'h.lab.org', db: 'fw_*', role: 'read' }],
      });
    expect(await request.json()).toEqual({ poll });
    const next = answers.next();
    return next.done ? Response.json({ token, email: 'you@lab.org', expires: '2026-12-24T08:00:00.000Z' }) : next.value;
  };
  return { fetch, asked };
}
const pending = () => Response.json({ status: 'pending' }, { status: 202 });
const login = (world: World, more: string[] = []) =>
  runMgrant(['login', 'you@lab.org', '--endpoint', 'https://api.lab.org', ...more], {
    settings: folder.path('you.json'),
    ...world,
  });
const settings = async () => JSON.parse(await readFile(folder.path('you.json'), 'utf8'));

test('it shows the code and what to do, waits between polls, keeps the token, and shows neither token nor secret', async () => {
  const { fetch, asked } = service(pending(), pending());
  const slept: number[] = [];
  const sleep = async (seconds: number) => void slept.push(seconds);
  const { status, out, err, spun } = await login({ fetch, sleep, terminals: ['out', 'err'] });
  expect(status).toBe(0);
  expect(err).toContain(' WDJB-MJHT ');
  expect(err).toContain('you@lab.org');
  expect(out).toContain('You are logged in as');
  expect(out).toContain('fw_*');
  expect(asked).toEqual(['/links', '/links/poll', '/links/poll', '/links/poll', '/me']);
  expect(slept).toEqual([5, 5, 5]);
  expect(spun.join()).toContain('Waiting until you have typed the code');
  expect(out + err + spun.join()).not.toMatch(new RegExp(`${poll}|${token}`));
  expect((await settings()).fetch.remotes).toEqual([{ endpoint: 'https://api.lab.org', token }]);
});

test('with --json the code still is for people, on stderr, and stdout is JSON', async () => {
  const { status, out, err } = await login({ fetch: service().fetch }, ['--json']);
  expect(status).toBe(0);
  expect(err).toContain('WDJB-MJHT');
  expect(JSON.parse(out)).toEqual({
    ...{ email: 'you@lab.org', expires: '2026-12-24T08:00:00.000Z', endpoint: 'https://api.lab.org' },
  });
});

test('a link that is spent or too old ends the wait, with the service’s words and without a token', async () => {
  const gone = Response.json(
    { code: 'link_expired', detail: 'Too late. Begin again.', requestId: 'r' },
    { status: 410 },
  );
  const { status, out, err } = await login({ fetch: service(pending(), gone).fetch });
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain('error: Too late. Begin again.');
  await expect(settings()).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a label for this machine is kept', async () => {
  expect(await login({ fetch: service().fetch }, ['--label', 'laptop'])).toMatchObject({ status: 0 });
  expect(JSON.parse(await readFile(folder.path('you.home.json'), 'utf8'))).toEqual({ label: 'laptop' });
});

test('without an address it asks which service is meant', async () => {
  const { status, err } = await runMgrant(['login', 'you@lab.org'], { settings: folder.path('you.json') });
  expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('Which service?') });
});

test('an address with an international domain is shown as the service keeps it', async () => {
  const { err } = await runMgrant(['login', 'you@münchen.example', '--endpoint', 'https://api.lab.org'], {
    settings: folder.path('you.json'),
    fetch: service().fetch,
  });
  expect(err).toContain('you@xn--mnchen-3ya.example');
  const refused = await runMgrant(['login', 'jürgen@lab.org', '--endpoint', 'https://api.lab.org']);
  expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('only plain letters') });
});
