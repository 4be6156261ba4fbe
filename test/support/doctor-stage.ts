import type { Finding } from '../../client/admin/doctor/finding';
import manifest from '../../client/package.json';
import { noteRun } from '../../shared/store/job-runs';
import { openStandIn } from './aws-stand-in';
import { runMgrant, type World } from './run-mgrant';
import { openStage } from './stage';
import { endpoint, stageFetch } from './stage-fetch';

/** As the clock of the stage stands; the second in seconds since 1970. */
export const now = new Date('2026-11-24T08:00:00.000Z');
export const seconds = now.getTime() / 1000;

export type DoctorStage = Awaited<ReturnType<typeof openDoctorStage>>;

/** A deployment where all is well, over the embedded services and the stand-in, and `mgrant doctor` before it. `settings`: its file. */
export async function openDoctorStage(settings: string) {
  const stage = await openStage();
  const aws = await openStandIn();
  aws.stack = {
    status: 'UPDATE_COMPLETE',
    outputs: { ApiAddress: endpoint, Version: manifest.version, SenderIdentity: 'no-reply@example.com' },
  };
  aws.identities = { 'no-reply@example.com': true };
  aws.alarms = [
    alarm('overdue-credential', { MetricName: 'OldestOverdueSeconds' }),
    alarm('orphan-user', { MetricName: 'OrphanUsers' }),
    alarm('mail-failing', { MetricName: 'FailedMails', Dimensions: [] }),
  ];
  aws.data = { OldestOverdueSeconds: [seconds - 200, 0], OrphanUsers: [seconds - 9000, 0] };
  aws.subscriptions = [{ endpoint: 'ops@lab.org', arn: 'arn:aws:sns:eu-central-1:123456789012:t:1' }];
  await noteRun(stage.table, 'remind', now);
  await noteRun(stage.table, 'reconcile', now);

  /** The handlers of the stage, which API Gateway would give a date. */
  function dated(ahead = 0): World {
    const { fetch: ask } = stageFetch(stage);
    return {
      fetch: async (input, init) => {
        const response = await ask(input, init);
        response.headers.set('date', new Date(now.getTime() + ahead * 1000).toUTCString());
        return response;
      },
    };
  }

  async function doctor(line = '', world: World = dated(), env: World['env'] = { MONGOGRANT_TABLE: 'mongogrant' }) {
    const args = ['doctor', '--json', ...line.split(' ').filter(Boolean)];
    const ran = await runMgrant(args, { env, settings, now: () => now, ...world });
    const { checks = [], ok } = ran.out ? JSON.parse(ran.out) : {};
    const of = (name: string): Finding | undefined => checks.find(({ check }: Finding) => check === name);
    return { ...ran, ok, checks, of };
  }

  async function logIn(email = 'admin@example.com'): Promise<string> {
    const token = await stage.tokenFor(email);
    await runMgrant(['settoken', '--endpoint', endpoint], {
      ...stageFetch(stage),
      settings,
      readInput: async () => token,
    });
    return token;
  }

  async function close(): Promise<void> {
    await aws.close();
    await stage.close();
  }

  return { stage, aws, dated, doctor, logIn, close };
}

/** An alarm as CloudWatch tells it, which has not rung for a day. */
export const alarm = (name: string, more: object = {}) => ({
  AlarmName: `mongogrant-${name}`,
  AlarmDescription: `Something is wrong. What to do: docs/operations.md#${name}`,
  StateValue: 'OK',
  StateUpdatedTimestamp: seconds - 90_000,
  AlarmConfigurationUpdatedTimestamp: seconds - 100_000,
  AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:t'],
  Namespace: 'mongogrant',
  Statistic: 'Maximum',
  Dimensions: [{ Name: 'service', Value: 'mongogrant' }],
  TreatMissingData: 'notBreaching',
  ...more,
});
