import { dailyJobs } from '../../../shared/store/job-runs';
import { version } from '../../package.json';
import type { AwsSettings } from '../aws/aws-settings';
import type { AwsTools } from '../aws/aws-tools';
import type { AlarmFacts } from '../aws/read-alarms';
import type { StackFacts } from '../aws/read-stack';
import { attempt } from './attempt';
import {
  figuresWithin,
  judgeAlarms,
  judgeFigures,
  judgeReaper,
  judgeSubscriptions,
  nobodyHears,
  onFigures,
} from './check-alarms';
import { judgeConcurrency } from './check-concurrency';
import { checkHosts } from './check-hosts';
import { judgeDailyJob, judgeOverdue } from './check-jobs';
import { judgeAccount, judgeIdentity } from './check-mail';
import { judgeKey, keyNames } from './check-secrets';
import { judgeStack } from './check-stack';
import { judgeBackups, judgeDeletion, judgeTable, judgeTimeToLive } from './check-table';
import { type Finding, skipped } from './finding';

/** What AWS has, and the address of the API as far as AWS knows it. */
export interface DeploymentFindings {
  findings: Finding[];
  address: string | undefined;
}

export interface DeploymentDeps {
  tools: AwsTools;
  settings: AwsSettings;
  /** The service that the command line asks. */
  endpoint: string | undefined;
  now: Date;
}

/** Milliseconds for which a login that is over may live, as the alarm has it. */
const overdueAfter = 300_000;

/** All checks that need AWS credentials, side by side. If the table is not there, it checks nothing else: that is another deployment. */
export async function checkDeployment(deps: DeploymentDeps): Promise<DeploymentFindings> {
  const table = await checkTable(deps);
  if (table.some(({ check, state }) => check === 'table' && state === 'fail') || isStranger(table))
    return { findings: table, address: undefined };
  const stack = checkStack(deps);
  const [{ findings, outputs }, ...rest] = await Promise.all([
    stack,
    checkSecrets(deps),
    checkHosts(
      { ...deps.tools.hosts, check: (host) => deps.tools.hosts.check(host, 'any'), reach: deps.tools.facts.reach },
      deps.now,
    ),
    checkMail(stack),
    checkJobs(deps),
    checkConcurrency(),
    checkAlarms(deps),
  ]);
  return { findings: [...findings, ...table, ...rest.flat()], address: outputs.ApiAddress };
}

/** AWS does not know the caller, or can't be reached. Every other check would say the same. */
const isStranger = (table: readonly Finding[]): boolean =>
  table.every(({ state, found }) => state === 'skipped' && found === table[0]?.found);

async function checkTable({ tools: { facts }, settings: { table: name } }: DeploymentDeps): Promise<Finding[]> {
  const looks = await Promise.all([
    attempt({ check: 'table', action: 'dynamodb:DescribeTable' }, async () => {
      const table = await facts.table();
      return [judgeTable(name, table), judgeDeletion(name, table)];
    }),
    attempt({ check: 'backups', action: 'dynamodb:DescribeContinuousBackups' }, async () =>
      judgeBackups(name, await facts.pointInTimeRecovery()),
    ),
    attempt({ check: 'time to live', action: 'dynamodb:DescribeTimeToLive' }, async () =>
      judgeTimeToLive(name, await facts.timeToLive()),
    ),
  ]);
  const [table = []] = looks;
  const all = looks.flat();
  return table.some(({ state }) => state === 'fail') || isStranger(all) ? table : all;
}

async function checkStack({ settings, endpoint }: DeploymentDeps) {
  let stack: StackFacts | undefined;
  const findings = await attempt({ check: 'stack', action: 'cloudformation:DescribeStacks' }, async () => {
    const { readStack } = await import('../aws/read-stack');
    stack = await readStack(settings.stackName);
    return judgeStack(settings.stackName, stack, { mine: version, endpoint });
  });
  return { findings, outputs: stack?.outputs ?? {} };
}

async function checkSecrets({ tools: { facts } }: DeploymentDeps): Promise<Finding[]> {
  const looks = keyNames.map((name) =>
    attempt({ check: name, action: 'secretsmanager:DescribeSecret' }, async () => {
      const { id, state } = await facts.secretState(name);
      return judgeKey(name, id, state);
    }),
  );
  return (await Promise.all(looks)).flat();
}

async function checkMail(stack: ReturnType<typeof checkStack>): Promise<Finding[]> {
  const account = attempt({ check: 'mail account', action: 'ses:GetAccount' }, async () => {
    const { mailFacts } = await import('../aws/read-mail');
    return judgeAccount(await mailFacts().account());
  });
  const { outputs } = await stack;
  const sender = attempt({ check: 'sender', action: 'ses:GetEmailIdentity' }, async () => {
    const { SenderIdentity: name } = outputs;
    if (name === undefined)
      return skipped('sender', 'The stack does not tell which identity sends.', 'Deploy this release: npx cdk deploy');
    const { mailFacts } = await import('../aws/read-mail');
    return judgeIdentity(name, await mailFacts().identity(name));
  });
  return (await Promise.all([account, sender])).flat();
}

async function checkJobs({ tools: { facts }, now }: DeploymentDeps): Promise<Finding[]> {
  const daily = dailyJobs.map((job) =>
    attempt({ check: job, action: 'dynamodb:GetItem' }, async () => judgeDailyJob(job, await facts.lastRun(job), now)),
  );
  const ends = attempt({ check: 'ends', action: 'dynamodb:Query' }, async () =>
    judgeOverdue(await facts.overdue(new Date(now.getTime() - overdueAfter))),
  );
  return (await Promise.all([ends, ...daily])).flat();
}

const checkConcurrency = (): Promise<Finding[]> =>
  attempt({ check: 'concurrency', action: 'lambda:GetAccountSettings' }, async () => {
    const { readConcurrency } = await import('../aws/read-concurrency');
    return judgeConcurrency(await readConcurrency());
  });

async function checkAlarms({ settings: { stackName }, now }: DeploymentDeps): Promise<Finding[]> {
  let alarms: AlarmFacts[] = [];
  const states = await attempt({ check: 'alarms', action: 'cloudwatch:DescribeAlarms' }, async () => {
    const { alarmFacts } = await import('../aws/read-alarms');
    alarms = await alarmFacts().alarms(`${stackName}-`);
    return judgeAlarms(stackName, alarms, now);
  });
  if (alarms.length === 0) return states;
  const watched = onFigures(stackName, alarms);
  const data = attempt({ check: 'reap', action: 'cloudwatch:GetMetricData' }, async () => {
    const { alarmFacts } = await import('../aws/read-alarms');
    const latest = await alarmFacts().latest(watched, new Date(now.getTime() - figuresWithin), now);
    const figures = watched.map((alarm) => ({ ...alarm, last: latest.get(alarm.name) }));
    return [judgeReaper(stackName, figures, now), judgeFigures(stackName, figures, now)];
  });
  return (await Promise.all([data, states, checkAlarmMail(alarms)])).flat();
}

function checkAlarmMail(alarms: readonly AlarmFacts[]): Promise<Finding[]> {
  return attempt({ check: 'alarm mail', action: 'sns:ListSubscriptionsByTopic' }, async () => {
    const topics = [...new Set(alarms.flatMap(({ topics: of }) => of))].filter((arn) => arn.includes(':sns:'));
    if (topics.length === 0) return nobodyHears();
    const { readSubscriptions } = await import('../aws/read-subscriptions');
    return judgeSubscriptions((await Promise.all(topics.map(readSubscriptions))).flat());
  });
}
