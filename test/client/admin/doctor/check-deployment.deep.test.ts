import type { Finding } from '../../../../client/admin/doctor/finding';
import { noteRun } from '../../../../shared/store/job-runs';
import { noteNoAnswer } from '../../../../shared/store/reach';
import { alarm, type DoctorStage, now, openDoctorStage, seconds } from '../../../support/doctor-stage';
import { registerHost } from '../../../support/stage';
import { endpoint } from '../../../support/stage-fetch';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
let at: DoctorStage;
beforeEach(async () => {
  at = await openDoctorStage(folder.path('settings.json'));
});
afterEach(() => at.close());

test('without an endpoint the one of the stack is asked', async () => {
  const { of } = await at.doctor();
  expect([of('service')?.state, of('token')?.state]).toEqual(['ok', 'skipped']);
});

test('what AWS does not allow is skipped, with the name of the action', async () => {
  const denied = [
    'cloudformation:DescribeStacks',
    'cloudwatch:DescribeAlarms',
    'lambda:GetAccountSettings',
    'ses:GetAccount',
  ];
  at.aws.denied = new Set(denied);
  const { status, checks } = await at.doctor(`--endpoint ${endpoint}`);
  expect(status).toBe(0);
  const told = checks.filter(({ found }: Finding) => /does not allow/.test(found));
  expect(told.map(({ state, next }: Finding & { next: string }) => [state, next.match(/\w+:\w+/)?.[0]])).toEqual(
    expect.arrayContaining(denied.map((action) => ['skipped', action])),
  );
  expect(told).toHaveLength(denied.length);
});

test('another table is no failure of everything else', async () => {
  const { status, checks } = await at.doctor('--table other');
  const inside = checks.filter(({ check }: Finding) => check !== 'service');
  expect([status, inside]).toEqual([1, [expect.objectContaining({ check: 'table', state: 'fail' })]]);
});

test('who is unknown to AWS is told so once, and nothing fails', async () => {
  const { AWS_REGION: region } = process.env;
  delete process.env.AWS_REGION;
  const { status, checks } = await at.doctor(`--endpoint ${endpoint}`);
  process.env.AWS_REGION = region;
  const told = checks.filter(({ found }: Finding) => found.includes('AWS_REGION'));
  expect([status, told, checks.at(-1)]).toEqual([0, [expect.objectContaining({ state: 'skipped' })], told[0]]);
});

test('a key that is gone is a failure', async () => {
  const { of } = await at.doctor('--secret-prefix elsewhere');
  expect(of('signing-key')).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('elsewhere/signing-key is not there'),
  });
  expect(of('hosts')).toMatchObject({ state: 'warn', found: 'No host is registered.' });
});

test('each host is checked by itself, from here and as the functions saw it', async () => {
  const secret = { host: '127.0.0.1', port: at.stage.mongod.port, ...at.stage.admin };
  await registerHost('wrong.lab.org', { ...secret, password: 'wrong' });
  await registerHost('bad.lab.org', { password: 'hunter22' });
  await registerHost('down.lab.org', { ...secret, port: 1 });
  const first = await at.doctor();
  expect(['wrong', 'bad', 'down'].map((name) => first.of(`host ${name}.lab.org`)?.state)).toEqual([
    'fail',
    'fail',
    'warn',
  ]);
  expect(first.of(`host ${at.stage.host}`)).toMatchObject({
    state: 'warn',
    found: expect.stringMatching(/, ready\. TLS is off/),
  });
  expect(first.out).not.toContain('hunter22');
  for (const failures of [0, 1])
    for (const host of ['down.lab.org', at.stage.host])
      await noteNoAnswer(at.stage.table, host, {
        before: failures ? { failures, since: seconds - 60, retryAt: seconds } : undefined,
        now: seconds,
      });
  const again = await at.doctor();
  expect(again.of('host down.lab.org')).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('functions get no answer'),
  });
  expect(again.of(`host ${at.stage.host}`)).toMatchObject({
    state: 'fail',
    found: expect.stringContaining('not the functions'),
  });
}, 30_000);

test('mail: the sandbox is a warning; a sender that is not verified, or an account that is stopped, a failure', async () => {
  at.aws.mail = { ...at.aws.mail, sandbox: true };
  at.aws.identities = { 'no-reply@example.com': false };
  const first = await at.doctor();
  expect([first.status, first.of('mail account')?.state, first.of('sender')?.state]).toEqual([1, 'warn', 'fail']);
  at.aws.mail = { ...at.aws.mail, sending: false };
  at.aws.identities = {};
  const second = await at.doctor();
  expect([second.of('mail account')?.state, second.of('sender')?.found]).toEqual([
    'fail',
    'SES does not know no-reply@example.com.',
  ]);
});

test('a small account is a warning, and it says whether concurrency can be reserved', async () => {
  const concurrency = async (limit: number) => {
    at.aws.concurrency = { limit, unreserved: limit };
    return (await at.doctor()).of('concurrency');
  };
  expect(await concurrency(10)).toMatchObject({
    state: 'warn',
    found: expect.stringContaining("can't be set"),
    next: expect.stringContaining('L-B99A9384'),
  });
  expect(await concurrency(105)).toMatchObject({ state: 'ok', found: expect.stringContaining("can't be set") });
  expect(await concurrency(1000)).toMatchObject({
    state: 'ok',
    found: expect.stringContaining('can be set, up to 300'),
  });
});

test('an alarm that rings is a failure; one that has not looked yet is named', async () => {
  at.aws.alarms = [
    alarm('overdue-credential', { MetricName: 'OldestOverdueSeconds', StateValue: 'ALARM' }),
    alarm('throttled', { StateValue: 'INSUFFICIENT_DATA', Dimensions: [] }),
    alarm('mail-failing', { StateValue: 'INSUFFICIENT_DATA', StateUpdatedTimestamp: seconds - 60, Dimensions: [] }),
  ];
  const { status, of, checks } = await at.doctor();
  expect([status, of('alarm mongogrant-overdue-credential')]).toEqual([
    1,
    expect.objectContaining({ state: 'fail', next: 'Read docs/operations.md#overdue-credential' }),
  ]);
  const told = checks.filter(({ check }: Finding) => check === 'alarms');
  expect(told).toEqual([
    expect.objectContaining({ state: 'warn', found: expect.stringMatching(/not normal.*: throttled\.$/) }),
    expect.objectContaining({
      state: 'ok',
      found: expect.stringMatching(/Normal in the first hour, .*: mail-failing\.$/),
    }),
  ]);
});

test('an alarm without data, and a reaper that came to no end, are seen', async () => {
  at.aws.data = { OldestOverdueSeconds: [seconds - 7200, 0] };
  const { status, of } = await at.doctor();
  expect([status, of('reap'), of('figures')]).toEqual([
    1,
    expect.objectContaining({ state: 'fail', found: 'It has not come to its end for 2 hours.' }),
    expect.objectContaining({ state: 'warn', found: expect.stringContaining(': orphan-user.') }),
  ]);
  at.aws.data = {};
  at.aws.alarms = [
    alarm('overdue-credential', {
      MetricName: 'OldestOverdueSeconds',
      AlarmConfigurationUpdatedTimestamp: seconds - 60,
    }),
  ];
  expect((await at.doctor()).of('reap')).toMatchObject({ state: 'skipped' });
});

test('alarms that nobody hears are told of', async () => {
  at.aws.subscriptions = [{ endpoint: 'ops@lab.org', arn: 'PendingConfirmation' }];
  expect((await at.doctor()).of('alarm mail')).toMatchObject({
    state: 'fail',
    found: 'Nobody hears an alarm: ops@lab.org was not confirmed.',
  });
  at.aws.alarms = at.aws.alarms.map((one) => ({ ...one, AlarmActions: [] }));
  expect((await at.doctor()).of('alarm mail')).toMatchObject({ state: 'warn' });
});

test('a daily job that is late, and a login that is overdue, are failures', async () => {
  await noteRun(at.stage.table, 'reconcile', new Date(now.getTime() - 31 * 3_600_000));
  const token = await at.stage.tokenFor('admin@example.com');
  await at.stage.ask('PUT', '/rules', {
    token,
    body: { email: 'admin@example.com', host: at.stage.host, db: 'fw', role: 'read', which: 'allow' },
  });
  expect(
    await at.stage.ask('POST', '/grants', { token, body: { host: at.stage.host, db: 'fw', role: 'read', ttl: '1 s' } }),
  ).toMatchObject({ status: 201 });
  const later = { ...at.dated(600), now: () => new Date(now.getTime() + 600_000) };
  const { status, of } = await at.doctor('', later);
  expect([status, of('remind')?.state, of('reconcile')?.state, of('ends')]).toEqual([
    ...[1, 'ok', 'fail'],
    expect.objectContaining({ state: 'fail', found: expect.stringContaining(at.stage.host) }),
  ]);
});

test('the release and the state of the stack are compared and told', async () => {
  const told = async (status: string, outputs: Record<string, string> = {}) => {
    at.aws.stack = { status, outputs };
    const { of } = await at.doctor(`--endpoint ${endpoint}`);
    return [of('stack')?.state, of('version')?.state, of('version')?.found];
  };
  expect(await told('CREATE_COMPLETE', { Version: '0.0.9' })).toEqual(['ok', 'warn', expect.stringContaining('older')]);
  expect(await told('UPDATE_IN_PROGRESS', { Version: '0.10.0' })).toEqual([
    'warn',
    'warn',
    expect.stringContaining('newer'),
  ]);
  expect(await told('UPDATE_ROLLBACK_FAILED')).toEqual(['fail', 'warn', expect.stringContaining('does not tell')]);
  at.aws.stack = undefined;
  expect((await at.doctor()).of('stack')).toMatchObject({ state: 'skipped', next: expect.stringContaining('--stack') });
});
