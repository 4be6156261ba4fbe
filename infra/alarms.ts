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
    const alarm = new Alarm(this, metricName, {
      alarmName: `${stackName}-unreadable-rule`,
      alarmDescription:
        'A stored rule or scope cannot be read, so it denies, and people may be locked out. What to do: docs/operations.md#a-rule-cannot-be-read',
      metric: new Metric({ namespace: stackName, metricName, statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.action) alarm.addAlarmAction(this.action);
  }
}
