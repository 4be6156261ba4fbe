import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type Dimension,
  GetMetricDataCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { attempts, patient } from '../../../shared/aws/aws-requests';

export interface AlarmFacts {
  name: string;
  state: string;
  /** What it says is wrong when it rings, and where to read on. */
  says: string;
  /** When it came into this state, and when it was made or changed. */
  since: Date;
  changedAt: Date;
  /** Where it is told to. */
  topics: string[];
  /** What it looks at, where that is one metric. */
  metric: { namespace: string; name: string; statistic: string; dimensions: Dimension[] } | undefined;
}

/** The newest value of a metric; `at` is the beginning of its five minutes. */
export interface Latest {
  at: Date;
  value: number;
}

const periodSeconds = 300;

/** Each function is one call, or one a page. */
export function alarmFacts() {
  const client = patient(new CloudWatchClient(attempts));
  return {
    async alarms(prefix: string): Promise<AlarmFacts[]> {
      const found: AlarmFacts[] = [];
      let from: string | undefined;
      do {
        const page = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken: from }));
        found.push(...(page.MetricAlarms ?? []).map(factsOf));
        from = page.NextToken;
      } while (from);
      return found;
    },
    /** The newest value that each of these alarms could see since then; by the alarm's name, and only where there is one. */
    async latest(alarms: readonly AlarmFacts[], since: Date, now: Date): Promise<Map<string, Latest>> {
      const queries = alarms.flatMap(({ metric }, index) => (metric ? [queryOf(metric, index)] : []));
      if (queries.length === 0) return new Map();
      const span = { StartTime: since, EndTime: now, ScanBy: 'TimestampDescending' } as const;
      const { MetricDataResults: results = [] } = await client.send(
        new GetMetricDataCommand({ MetricDataQueries: queries, ...span }),
      );
      return new Map(
        results.flatMap(({ Id: id = '', Timestamps: [at] = [], Values: [value] = [] }) => {
          const alarm = alarms[Number(id.slice(1))];
          return alarm && at && value !== undefined ? [[alarm.name, { at, value }]] : [];
        }),
      );
    },
  };
}

function factsOf(alarm: MetricAlarm): AlarmFacts {
  const { Namespace: namespace, MetricName: name, Statistic: statistic } = alarm;
  const dimensions = alarm.Dimensions ?? [];
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    says: alarm.AlarmDescription ?? '',
    since: alarm.StateUpdatedTimestamp ?? new Date(0),
    changedAt: alarm.AlarmConfigurationUpdatedTimestamp ?? new Date(0),
    topics: alarm.AlarmActions ?? [],
    metric: namespace && name && statistic ? { namespace, name, statistic, dimensions } : undefined,
  };
}

const queryOf = ({ namespace, name, statistic, dimensions }: NonNullable<AlarmFacts['metric']>, index: number) => ({
  Id: `m${index}`,
  MetricStat: {
    Metric: { Namespace: namespace, MetricName: name, Dimensions: dimensions },
    Period: periodSeconds,
    Stat: statistic,
  },
});
