import type { Finding } from '../../../client/admin/doctor/finding';
import { type DoctorStage, openDoctorStage } from '../../support/doctor-stage';
import { runMgrant } from '../../support/run-mgrant';
import { allItems } from '../../support/stage';
import { endpoint } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let at: DoctorStage;
beforeEach(async () => {
  at = await openDoctorStage(folder.path('settings.json'));
});
afterEach(() => at.close());

/** What the embedded DynamoDB does not have. */
const notEmbedded = ['backups', 'time to live'];

test('where all is well nothing fails, nothing changes, and no secret is shown', async () => {
  const token = await at.logIn();
  const before = await allItems();
  const { status, ok, checks, out, err } = await at.doctor();
  const bad = checks.filter(({ state }: Finding) => state !== 'ok').map(({ check }: Finding) => check);
  expect([status, ok, bad.filter((check: string) => !notEmbedded.includes(check))]).toEqual([
    0,
    true,
    ['deletion', `host ${at.stage.host}`],
  ]);
  expect(checks.map(({ check }: Finding) => check)).toEqual(
    expect.arrayContaining([
      ...['service', 'clock', 'token', 'stack', 'version', 'table', 'signing-key', 'link-key', `host ${at.stage.host}`],
      ...[
        'mail account',
        'sender',
        'ends',
        'remind',
        'reconcile',
        'concurrency',
        'reap',
        'figures',
        'alarms',
        'alarm mail',
      ],
    ]),
  );
  expect(await allItems()).toEqual(before);
  for (const secret of [token, at.stage.admin.password, 'k'.repeat(64), 'l'.repeat(64)])
    expect(out + err).not.toContain(secret);
  const shown = await runMgrant(['doctor'], {
    ...at.dated(),
    env: { MONGOGRANT_TABLE: 'mongogrant' },
    settings: folder.path('settings.json'),
  });
  expect(shown.out).toMatch(/^From outside: https:\/\/api\.example\.org\nok {7}service +https.* is a mongogrant/);
  expect(shown.out).toMatch(/\nwarn {5}deletion .*\n {9}-> Leave out "retain": false/);
  expect(shown.out).toMatch(/\n\n\d+ ok, \d+ to look at.*\.\n$/);
});

test('beside npm start only what it has is asked', async () => {
  await at.aws.close();
  const { status, of } = await at.doctor(`--endpoint ${endpoint}`);
  expect([status, of('mail account')?.state, of('alarms')?.state, of('table')?.state]).toEqual([
    0,
    'skipped',
    'skipped',
    'ok',
  ]);
});
