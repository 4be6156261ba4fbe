import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms';
import type { Table } from './table';
import type { Watched } from './watch-service';

export interface DashboardProps extends Watched {
  readonly name: string;
  readonly alarms: Alarms;
  readonly table: Table;
}

/** A third of a screen wide. */
const third = { width: 8, height: 5 };
const period = Duration.minutes(5);

/** The whole service on one screen. Figures that come from logs cost nothing until somebody looks. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { name, alarms, functions, jobs, api, table }: DashboardProps) {
    super(scope, id);
    const all = [...Object.values(functions), ...Object.values(jobs)];
    const requestLogs = Object.values(functions).map(({ logGroup }) => logGroup);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: name,
      defaultInterval: Duration.hours(24),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, ...third }),
      graph('Oldest overdue login, and oldest daily job (seconds)', [
        alarms.figure('OldestOverdueSeconds', 'Maximum', 5),
        alarms.figure('OldestJobSeconds', 'Maximum', 5),
      ]),
      graph('Logins: due, ended', [alarms.figure('GrantsDue', 'Maximum', 5), alarms.figure('GrantsEnded', 'Sum', 5)]),
    );
    dashboard.addWidgets(
      listed(
        'Links, tokens, logins',
        [api.log],
        ['filter status < 400', 'stats count(*) as requests by route, status', 'sort requests desc'],
      ),
      listed('Refusals by reason', requestLogs, [
        'filter status >= 400',
        'stats count(*) as refused by message, route',
        'sort refused desc',
      ]),
      listed(
        'Live logins by host, at the last comparison',
        [jobs.reconcile.logGroup],
        ['filter message = "host_compared"', 'stats latest(ours) as logins by host', 'sort logins desc'],
      ),
    );
    dashboard.addWidgets(
      graph('Answers', api.metrics(period)),
      graph('Time to answer (milliseconds)', api.metricLatencies(period)),
      graph('Functions: errors, throttles, side by side', [
        ...['Errors', 'Throttles'].map((metricName) => ofAccount(metricName, 'Sum')),
        ofAccount('ConcurrentExecutions', 'Maximum'),
      ]),
    );
    dashboard.addWidgets(
      graph('Cost: calls of functions', all.map(callsOf)),
      graph('Cost: units of the table', table.metricUnits(period)),
      graph('Cost: mails', [
        new Metric({ namespace: 'AWS/SES', metricName: 'Send', statistic: 'Sum', period }),
        new Metric({ namespace: 'AWS/SES', metricName: 'Bounce', statistic: 'Sum', period }),
      ]),
    );
  }
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, ...third });

function listed(title: string, logGroups: ILogGroup[], query: string[]): LogQueryWidget {
  return new LogQueryWidget({
    title,
    logGroupNames: logGroups.map(({ logGroupName }) => logGroupName),
    queryLines: [...query, 'limit 15'],
    view: LogQueryVisualizationType.TABLE,
    ...third,
  });
}

const callsOf = (fn: LambdaFunction): IMetric => fn.metricInvocations({ period, label: fn.node.scope?.node.id ?? '' });

const ofAccount = (metricName: string, statistic: string): Metric =>
  new Metric({ namespace: 'AWS/Lambda', metricName, statistic, period });
