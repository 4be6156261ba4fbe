import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmsProps {
  /** Begins the names of metrics and alarms. */
  readonly stackName: string;
  /** Who hears the alarms; without it they are seen in CloudWatch only. */
  readonly alarmEmail: string | undefined;
}

/** What somebody must look at. Each alarm says so in a sentence, and names its section of docs/operations.md. */
export class Alarms extends Construct {
  private readonly action: SnsAction | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    if (!props.alarmEmail) return;
    const topic = new Topic(this, 'Topic', { displayName: props.stackName, enforceSSL: true });
    topic.addSubscription(new EmailSubscription(props.alarmEmail));
    // The policy that enforces TLS takes the place of the topic's own one, which would have let the account's alarms in.
    const account = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    topic.grantPublish(new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: account }));
    this.action = new SnsAction(topic);
  }

  /** One of these functions met a rule, or a ruler's scope, that it could not read. */
  unreadable(functions: readonly LambdaFunction[]): void {
    const { stackName } = this.props;
    const metricName = 'UnreadableRules';
    for (const fn of functions) {
      new MetricFilter(fn, 'Unreadable', {
        logGroup: fn.logGroup,
        metricNamespace: stackName,
        metricName,
        filterPattern: FilterPattern.stringValue('$.message', '=', 'rule_unreadable'),
      });
    }
    this.alarm('unreadable-rule', {
      says: 'A stored rule or scope cannot be read, so it denies, and people may be locked out',
      section: 'a-rule-cannot-be-read',
      metric: this.own(metricName, 'Sum', 5),
      least: 1,
      minutes: 1,
    });
  }

  /** The reaper ends what is due, each minute. */
  reaper(fn: LambdaFunction): void {
    const oldest = this.own('OldestOverdueSeconds', 'Maximum', 1);
    this.alarm('overdue-credential', {
      says: 'A credential that should be dead has been alive for more than 5 minutes',
      section: 'a-credential-is-overdue',
      metric: oldest,
      least: 301,
      minutes: 2,
    });
    this.alarm('proof-incomplete', {
      says: 'A credential counts as ended although a member of its host could not be asked for a day',
      section: 'a-proof-is-incomplete',
      metric: this.own('IncompleteProofs', 'Sum', 5),
      least: 1,
      minutes: 1,
    });
    this.alarm('grant-unsettled', {
      says: 'A credential is not on the server on which it was made, so nobody knows whether it is dead',
      section: 'a-grant-is-not-where-it-was-made',
      metric: this.own('UnsettledGrants', 'Maximum', 5),
      least: 1,
      minutes: 1,
    });
    this.alarm('reaper-failing', {
      says: 'The job that ends credentials fails',
      section: 'the-reaper-fails-or-is-silent',
      metric: fn.metricErrors({ period: Duration.minutes(5) }),
      least: 1,
      minutes: 1,
    });
    this.alarm('reaper-silent', {
      says: 'The job that ends credentials does not run',
      section: 'the-reaper-fails-or-is-silent',
      metric: fn.metricInvocations({ period: Duration.minutes(5) }),
      most: 0,
      minutes: 1,
    });
    this.alarm('host-unreachable', {
      says: 'A MongoDB host has not answered for half an hour, so nothing can be ended there',
      section: 'a-host-does-not-answer',
      metric: this.own('SilentHosts', 'Minimum', 30),
      least: 1,
      minutes: 1,
    });
  }

  /** Compares each day what lives on the hosts with the grants. */
  reconciler(fn: LambdaFunction): void {
    this.alarm('orphan-user', {
      says: 'A MongoDB user with our mark had no grant: a restored backup, or somebody made it by hand',
      section: 'reconcile',
      metric: this.own('OrphanUsers', 'Maximum', 5),
      least: 1,
      minutes: 1,
    });
    this.alarm('reconcile-failing', {
      says: 'The daily comparison of hosts and grants fails',
      section: 'reconcile',
      metric: fn.metricErrors({ period: Duration.minutes(5) }),
      least: 1,
      minutes: 1,
    });
  }

  private own(metricName: string, statistic: string, minutes: number): Metric {
    return new Metric({ namespace: this.props.stackName, metricName, statistic, period: Duration.minutes(minutes) });
  }

  /** `least`: rings from this value on; `most`: rings up to this value, and where there is none at all. */
  private alarm(name: string, watch: Watch): void {
    const { says, section, metric, minutes } = watch;
    const low = 'most' in watch;
    const alarm = new Alarm(this, name, {
      alarmName: `${this.props.stackName}-${name}`,
      alarmDescription: `${says}. What to do: docs/operations.md#${section}`,
      metric,
      threshold: low ? watch.most : watch.least,
      evaluationPeriods: minutes,
      comparisonOperator: low
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: low ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (this.action) alarm.addAlarmAction(this.action);
  }

  /** The function that rotates admin passwords threw. Secrets Manager tries again by itself; nobody else hears of it. */
  rotationFailing(fn: LambdaFunction): void {
    const alarm = new Alarm(this, 'RotationFailing', {
      alarmName: `${this.props.stackName}-rotation-failing`,
      alarmDescription:
        "A host's admin password could not be rotated. The one before it still works. What to do: docs/operations.md#a-rotation-fails",
      metric: fn.metricErrors({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.action) alarm.addAlarmAction(this.action);
  }
}

type Watch = { says: string; section: string; metric: Metric; minutes: number } & (
  | { least: number }
  | { most: number }
);
