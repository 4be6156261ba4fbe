import { lifeOf } from '../../../client/mgrant/held-grants';
import { mgrantStage } from '../../support/mgrant-stage';
import { later } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';

const on = mgrantStage();
const { loggedIn, admin } = on;

test('what is not there is not revoked, and mgrant says so', async () => {
  const owner = await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  await mgrant(`db ${on.stage.host} demo --role rw --label job`);
  const see = 'To see what there is: mgrant grants\n';
  for (const [line, words] of [
    ['demo2', `for ${on.stage.host}/demo2`],
    ['demo --role ro', `for ${on.stage.host}/demo with the role read`],
    ['demo --label old', `for ${on.stage.host}/demo under the label old`],
    ['demo --label=', `for ${on.stage.host}/demo without a label`],
  ] as const)
    expect(await mgrant(`revoke ${on.stage.host} ${line}`)).toMatchObject({
      ...{ status: 1, out: '', err: `error: You hold no login ${words}. ${see}` },
    });
  expect((await mgrant('revoke h.lab.org')).err).toBe(`error: You hold no login on h.lab.org. ${see}`);
  const json = await mgrant(`revoke ${on.stage.host} demo2 --json`);
  expect([json.status, json.out, JSON.parse(json.err).code]).toEqual([1, '', 'grant_unknown']);
  const others = await owner('revoke h.lab.org --email ada@lab.org');
  expect(others).toMatchObject({ status: 1, err: `error: ada@lab.org holds no login on h.lab.org. ${see}` });
  expect((await owner(['revoke', 'h.lab.org', '--email', '*'])).err).toContain('Nobody holds a login on h.lab.org.');
  // Whoever asks for all to be gone has what they wanted.
  await mgrant(`revoke ${on.stage.host} demo`);
  expect(await mgrant('revoke --all')).toMatchObject({ status: 0, out: `You hold no login. ${see}`, err: '' });
  const none = await mgrant('revoke --all --json');
  expect([none.status, JSON.parse(none.out)]).toEqual([0, { revoked: [], pending: [] }]);
});

test('renew --all gives each login as long as it had, also where another machine renewed it', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const get = (db: string, ttl: string) => mgrant(['db', on.stage.host, db, '--ttl', ttl]);
  await get('demo_hours', '12 h');
  await get('demo_days', '7 d');
  await get('demo_moved', '1 d');
  later(on.stage, 3600);
  const elsewhere = await loggedIn('elsewhere', 'you@example.com');
  await elsewhere(['renew', on.stage.host, 'demo_moved', '--ttl', '2 d']);
  const ends = async (more: string[] = []) => {
    const { out } = await mgrant(['renew', '--all', '--json', ...more]);
    const grants: { db: string; expires: string }[] = JSON.parse(out).grants;
    return Object.fromEntries(grants.map(({ db, expires }) => [db, expires]));
  };
  for (const hour of [10, 11]) {
    later(on.stage, 3600);
    expect(await ends()).toEqual({
      demo_hours: `2026-11-24T${hour + 12}:00:00.000Z`,
      demo_days: `2026-12-01T${hour}:00:00.000Z`,
      demo_moved: `2026-11-26T${hour}:00:00.000Z`,
    });
  }
  expect(new Set(Object.values(await ends(['--ttl', '1 h'])))).toEqual(new Set(['2026-11-24T12:00:00.000Z']));
});

test('renew --all goes on after a refusal, says what became of each login, and ends with 1', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  for (const db of ['demo_a', 'demo_b', 'demo_c']) await mgrant(['db', on.stage.host, db, '--ttl', '1 d']);
  let refused: number[] = [];
  const { fetch } = stageFetch(on.stage, (request) => {
    const status = request.url.endsWith('/grants/renew') ? refused.shift() : undefined;
    return status ? Response.json({ code: 'some_code', detail: 'No.' }, { status }) : undefined;
  });
  refused = [0, 409];
  const { status, out, err } = await mgrant('renew --all', { fetch });
  const words = `error: Not renewed: 1 of 3 logins.\n  you@example.com read ${on.stage.host}/demo_b: No.\n`;
  expect({ status, out, err }).toEqual({ status: 1, out: expect.stringMatching(/demo_a.*\n.*demo_c/), err: words });
  refused = [409];
  const json = await mgrant('renew --all --json', { fetch });
  expect(JSON.parse(json.out)).toMatchObject({
    grants: [{ db: 'demo_b' }, { db: 'demo_c' }],
    failed: [{ db: 'demo_a', role: 'read', code: 'some_code', detail: 'No.' }],
  });
  expect([json.status, JSON.parse(json.err).code]).toEqual([1, 'some_code']);
  // Without a token none can be renewed, so no more are tried.
  refused = [0, 401, 409];
  const over = await mgrant('renew --all --json', { fetch });
  expect(JSON.parse(over.out)).toMatchObject({
    grants: [{ db: 'demo_a' }],
    failed: [{ db: 'demo_b' }, { db: 'demo_c' }],
  });
  expect(refused).toEqual([409]);
});

test('a machine whose clock is hours off shows and judges lives by the service’s clock', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const hour = /\(in (1 hour|60 minutes)\)/;
  for (const hours of [2, -2]) {
    const now = () => new Date(on.stage.clock.now.getTime() + hours * 3_600_000);
    const label = hours > 0 ? 'ahead' : 'behind';
    const got = await mgrant(['db', on.stage.host, 'demo', '--label', label, '--ttl', '1 h'], { now });
    expect(got).toMatchObject({ err: '', out: expect.stringMatching(hour) });
    later(on.stage, 1);
    const again = await mgrant(['db', on.stage.host, 'demo', '--label', label, '--ttl', '1 h'], { now });
    expect(again.err).toContain('You had this login already');
    expect((await mgrant('grants', { now })).out).toMatch(/ in (1 hour|60 minutes) +active/);
    expect((await mgrant('renew --all', { now })).out).toMatch(
      new RegExp(`${label} .* in (1 hour|60 minutes) +active`),
    );
  }
});

test('what mgrant says to type next names the service and the settings file as they were named', async () => {
  await admin();
  const mgrant = await loggedIn("you and Ada's", 'you@example.com');
  const settings = on.folder.path("you and Ada's.json");
  const login = ['db', on.stage.host, 'demo', '--endpoint', endpoint, '--settings', settings];
  const words = `--endpoint ${endpoint} --settings '${settings.replace("'", "'\\''")}'`;
  expect((await mgrant(login)).out).toContain(`  mgrant db ${on.stage.host} demo --role read ${words} --format uri\n`);
  later(on.stage, 1);
  const again = await mgrant([...login, '--ttl', '1 h', '--label', '']);
  expect(again.err).toContain(`mgrant renew ${on.stage.host} demo --role read --label '' ${words} --ttl ...`);
});

test('a login that was replaced elsewhere is got anew, and mgrant says so', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const get = (run: typeof mgrant) => run(`db ${on.stage.host} demo --label shared --format uri`);
  const first = await get(mgrant);
  const theirs = await get(await loggedIn('elsewhere', 'you@example.com'));
  later(on.stage, 1);
  const second = await get(mgrant);
  expect(new Set([first.out, theirs.out, second.out]).size).toBe(3);
  expect([first.err, theirs.err]).toEqual(['', '']);
  expect(second).toMatchObject({ status: 0, err: expect.stringMatching(/label shared.* was replaced.*08:00 UTC/) });
  expect(await get(mgrant)).toMatchObject({ out: second.out, err: '' });
});

test('whoever asks without a label on purpose is warned before a password is replaced everywhere', async () => {
  await admin();
  const get = (run: Awaited<ReturnType<typeof loggedIn>>) => run(['db', on.stage.host, 'demo', '--label', '']);
  expect((await get(await loggedIn('you', 'you@example.com'))).err).toBe('');
  const { status, err } = await get(await loggedIn('elsewhere', 'you@example.com'));
  expect({ status, err }).toMatchObject({ status: 0, err: expect.stringMatching(/^Without a label.*08:00 UTC stops/) });
});

test('renew --all asks for no length where a row of 0.1.0 tells none', () => {
  const grant = { issued: '2026-09-01T08:00:00.000Z', expires: '2026-11-29T08:00:00.000Z', passwordVersion: 1 };
  const row = { ...grant, email: 'a@b.c', host: 'h', db: 'd', role: 'read', label: '', username: 'u', state: 'active' };
  expect(lifeOf(row)).toBeUndefined();
  expect(lifeOf({ ...row, renewed: '2026-11-28T08:00:00.000Z' })).toBe(86_400);
});
