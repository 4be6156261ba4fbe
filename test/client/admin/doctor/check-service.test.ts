import { type DoctorStage, now, openDoctorStage } from '../../../support/doctor-stage';
import type { World } from '../../../support/run-mgrant';
import { endpoint, stageFetch } from '../../../support/stage-fetch';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
let at: DoctorStage;
beforeEach(async () => {
  at = await openDoctorStage(folder.path('settings.json'));
});
afterEach(() => at.close());

const outside = (line: string, world?: World) => at.doctor(line, world, {});

test('no AWS credentials are needed, and no token', async () => {
  const { status, of } = await outside(`--endpoint ${endpoint}`);
  expect([status, of('service')?.state, of('token')?.state, of('table')?.state]).toEqual([
    0,
    'ok',
    'skipped',
    'skipped',
  ]);
  expect(of('table')).toMatchObject({ next: expect.stringContaining('ForAdmins') });
  expect(at.aws.asked).toEqual([]);
});

test('the clock is compared: seconds are a warning, a minute is a failure', async () => {
  const clock = async (ahead: number) => (await outside(`--endpoint ${endpoint}`, at.dated(ahead))).of('clock');
  expect(await clock(2)).toMatchObject({ state: 'ok' });
  expect(await clock(20)).toMatchObject({ state: 'warn', found: expect.stringContaining('behind') });
  expect(await clock(-90)).toMatchObject({ state: 'fail', found: expect.stringContaining('ahead of') });
  const silent = async () => {
    const response = await stageFetch(at.stage).fetch(`${endpoint}/me`);
    response.headers.delete('date');
    return response;
  };
  expect((await outside(`--endpoint ${endpoint}`, { fetch: silent })).of('clock')).toMatchObject({ state: 'skipped' });
});

test('a token says who it is for, and until when; one that is over is a failure', async () => {
  await at.logIn();
  expect((await outside('')).of('token')).toMatchObject({
    state: 'ok',
    found: expect.stringMatching(/^admin@example\.com, an admin, until 2026-12-/),
  });
  const days = 29 * 86_400;
  const late = { now: () => new Date(now.getTime() + days * 1000) };
  expect((await outside('', { ...at.dated(days), ...late })).of('token')).toMatchObject({ state: 'warn' });
  // The end is the service's, so its clock counts.
  expect((await outside('', { ...at.dated(), ...late })).of('token')).toMatchObject({ state: 'ok' });
  await at.stage.ask('DELETE', '/tokens', { token: await at.stage.tokenFor('admin@example.com') });
  const { status, of } = await outside('');
  expect([status, of('token')]).toEqual([
    1,
    expect.objectContaining({ state: 'fail', found: expect.stringContaining('token_revoked') }),
  ]);
});

test.each([
  ['another service', () => new Response('<html>', { status: 200 }), /is not a mongogrant/],
  [
    'a gateway with nothing behind it',
    () => new Response('{"message":"Not Found"}', { status: 404 }),
    /status 404\), but is not a mongogrant/,
  ],
  [
    'one that redirects',
    () => new Response('', { status: 302, headers: { location: 'https://sso.lab.org/login?x=1' } }),
    /sends you on to https:\/\/sso\.lab\.org \(302\)/,
  ],
  [
    'one that fails',
    () => new Response('{"message":"Internal Server Error"}', { status: 500 }),
    /not in mongogrant's words/,
  ],
])('%s is told from a mongogrant', async (_, answer, words) => {
  const { status, of } = await outside(`--endpoint ${endpoint}`, stageFetch(at.stage, answer));
  expect([status, of('service')]).toEqual([
    1,
    expect.objectContaining({ state: 'fail', found: expect.stringMatching(words) }),
  ]);
});

test('who does not answer is told by why that is, and without the token', async () => {
  const token = await at.logIn();
  const refuse = async () => {
    throw new TypeError(`fetch failed ${token}`, {
      cause: Object.assign(new Error(token), { code: 'CERT_HAS_EXPIRED' }),
    });
  };
  const { status, out, of } = await outside('', { fetch: refuse });
  expect([status, of('service')?.found]).toEqual([
    1,
    expect.stringContaining(`The certificate of ${endpoint} has expired.`),
  ]);
  expect(out).not.toContain(token);
});

test('plain http to another machine is refused before anything is sent', async () => {
  const { status, of } = await outside('--endpoint http://api.lab.org');
  expect([status, of('service')]).toEqual([
    1,
    expect.objectContaining({ found: expect.stringContaining('in the clear') }),
  ]);
});
