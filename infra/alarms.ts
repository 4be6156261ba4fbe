import { Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  type MetricProps,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import {
  FilterPattern,
  type IFilterPattern,
  type ILogGroup,
  MetricFilter,
  type MetricFilterProps,
} from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { type Figure, ownDimensions } from '../shared/aws/metrics';
import type { CustomerKey } from './customer-key';

export interface AlarmsProps {
  /** The prefix of the names of metrics and alarms. */
  readonly stackName: string;
  /** Who gets the alarms; without it they show in CloudWatch only. */
  readonly alarmEmail: string | undefined;
  /** Encrypts the alarm messages, if set: its policy must let CloudWatch use it. */
  readonly key: CustomerKey | undefined;
}

/** It rings at `least` (1 if left out) and above; or at `most` and below, and if there is no value. */
export type Watch = {
  /** What is wrong, in a sentence. */
  readonly says: string;
  /** The section of docs/operations.md. */
  readonly section: string;
  readonly metric: IMetric;
  /** For how many periods in a row the metric must be so. */
  readonly periods?: number;
  /** Only for an alarm that was first made with another id. */
  readonly id?: string;
} & ({ readonly least?: number } | { readonly most: number });

/** Log lines with one of these codes. `id`: only for an alarm that was first made with another id. */
export interface Lines {
  readonly codes: readonly string[];
  readonly minutes?: number;
  readonly id?: string;
}

/** What a person must look at. */
export class Alarms extends Construct {
  private readonly action: SnsAction | undefined;
  readonly all: Alarm[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    if (!props.alarmEmail) return;
    const topic = new Topic(this, 'Topic', {
      displayName: props.stackName,
      enforceSSL: true,
      ...(props.key && { masterKey: props.key.key }),
    });
    topic.addSubscription(new EmailSubscription(props.alarmEmail));
    Validations.of(topic).acknowledge({
      id: 'Serverless::Serverless-SNSRedrivePolicy',
      reason: 'An alarm whose mail is lost still stands in CloudWatch, and on its dashboard.',
    });
    // The policy that enforces TLS replaces the topic's own one, which would have let the account's alarms in.
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: account }));
    this.action = new SnsAction(topic);
  }

  ring(name: string, watch: Watch): void {
    const { says, section, metric, periods = 1, id = name } = watch;
    const low = 'most' in watch;
    const alarm = new Alarm(this, id, {
      alarmName: `${this.props.stackName}-${name}`,
      alarmDescription: `${says}. What to do: docs/operations.md#${section}`,
      metric,
      threshold: low ? watch.most : (watch.least ?? 1),
      evaluationPeriods: periods,
      comparisonOperator: low
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: low ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    this.all.push(alarm);
    if (this.action) alarm.addAlarmAction(this.action);
  }

  /** A figure that a function writes in CloudWatch's embedded metric format. */
  figure(metricName: Figure, statistic: 'Minimum' | 'Maximum' | 'Sum', minutes: number): Metric {
    // A metric's dimensions are part of its name. Without them an alarm watches another metric, which has no values.
    return this.metric({ metricName, statistic, minutes, dimensionsMap: ownDimensions });
  }

  /** How many of these lines are in the logs of these functions. */
  lines(
    functions: readonly LambdaFunction[],
    metricName: string,
    { codes, minutes = 5, id = metricName }: Lines,
  ): Metric {
    for (const fn of functions)
      new MetricFilter(fn, id, this.filter(fn.logGroup, metricName, anyOf('$.message', codes)));
    return this.metric({ metricName, statistic: 'Sum', minutes });
  }

  answers(accessLog: ILogGroup, metricName: string, statuses: string[]): Metric {
    new MetricFilter(this, metricName, this.filter(accessLog, metricName, anyOf('$.status', statuses)));
    return this.metric({ metricName, statistic: 'Sum', minutes: 5 });
  }

  private filter(logGroup: ILogGroup, metricName: string, filterPattern: IFilterPattern): MetricFilterProps {
    return { logGroup, metricNamespace: this.props.stackName, metricName, filterPattern };
  }

  private metric({ minutes, ...props }: Omit<MetricProps, 'namespace' | 'period'> & { minutes: number }): Metric {
    return new Metric({ namespace: this.props.stackName, period: Duration.minutes(minutes), ...props });
  }
}

const anyOf = (field: string, values: readonly string[]): IFilterPattern =>
  FilterPattern.any(...values.map((value) => FilterPattern.stringValue(field, '=', value)));
