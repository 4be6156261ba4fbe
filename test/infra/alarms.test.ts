import { readFileSync } from 'node:fs';
import path from 'node:path';
import { functionOf, isObject, listOf, resourcesOf, synthesize, text } from './synthesize';

const plain = synthesize();
const alarmOf = (name: string) =>
  resourcesOf(plain, 'AWS::CloudWatch::Alarm').find(([, { Properties }]) => Properties.AlarmName === name)?.[1]
    .Properties;
const heard = synthesize({ alarmEmail: 'ops@lab.org' });

const alarms = Object.fromEntries(
  resourcesOf(plain, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [text(Properties.AlarmName), Properties]),
);

test('every alarm says what is wrong, and names a section of the runbook that exists', () => {
  const runbook = readFileSync(path.join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const sections = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(Object.keys(alarms)).not.toEqual([]);
  for (const alarm of Object.values(alarms)) {
    const named = /docs\/operations\.md#(\S+)$/.exec(text(alarm.AlarmDescription))?.[1];
    expect(sections).toContain(named);
  }
});

test('a rule or scope that can not be read raises an alarm in every function that reads one', () => {
  const filters = resourcesOf(plain, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
  expect(filters.map(({ LogGroupName }) => text(LogGroupName).replace(/Logs\w+$/, '')).toSorted()).toEqual([
    'audit',
    'grantcredentials',
    'grants',
    'requestlink',
    'revoke',
    'rules',
  ]);
  for (const filter of filters) {
    expect(filter.FilterPattern).toBe('{ $.message = "rule_unreadable" }');
    expect(filter.MetricTransformations).toEqual([
      { MetricName: 'UnreadableRules', MetricNamespace: 'mongogrant', MetricValue: '1' },
    ]);
  }
  expect(alarms['mongogrant-unreadable-rule']).toMatchObject({
    MetricName: 'UnreadableRules',
    Namespace: 'mongogrant',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
  });
});

test('every rotation that fails raises an alarm', () => {
  const alarm = alarmOf('mongogrant-rotation-failing');
  expect(alarm).toMatchObject({ MetricName: 'Errors', Namespace: 'AWS/Lambda', Statistic: 'Sum', Threshold: 1 });
  const [dimension] = listOf(alarm?.Dimensions);
  expect(isObject(dimension) && functionOf(text(dimension.Value))).toBe('rotate-admin-password');
});

test('alarms are mailed to alarmEmail, and to nobody without it', () => {
  expect(resourcesOf(plain, 'AWS::SNS::Topic')).toEqual([]);
  const [topic] = resourcesOf(heard, 'AWS::SNS::Topic').map(([id]) => id);
  const [subscription] = resourcesOf(heard, 'AWS::SNS::Subscription').map(([, { Properties }]) => Properties);
  expect(subscription).toMatchObject({ Protocol: 'email', Endpoint: 'ops@lab.org', TopicArn: { Ref: topic } });
  const policies = resourcesOf(heard, 'AWS::SNS::TopicPolicy').map(([, { Properties }]) => Properties);
  expect(policies).toMatchObject([{ Topics: [{ Ref: topic }], PolicyDocument: { Statement: expect.anything() } }]);
  const document = policies[0]?.PolicyDocument;
  const statements = isObject(document) ? listOf(document.Statement) : [];
  // Without it CloudWatch could not publish: a policy of one's own takes the place of the one that lets the account in.
  expect(statements).toContainEqual(
    expect.objectContaining({
      Effect: 'Allow',
      Action: 'sns:Publish',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    }),
  );
  for (const [, { Properties }] of resourcesOf(heard, 'AWS::CloudWatch::Alarm'))
    expect(Properties.AlarmActions).toEqual([{ Ref: topic }]);
});

test('an overdue credential, a host that is away, and a reaper that fails or does not run ring', () => {
  expect(alarms['mongogrant-overdue-credential']).toMatchObject({
    MetricName: 'OldestOverdueSeconds',
    Namespace: 'mongogrant',
    Statistic: 'Maximum',
    Threshold: 301,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
  expect(alarms['mongogrant-host-unreachable']).toMatchObject({
    MetricName: 'SilentHosts',
    Statistic: 'Minimum',
    Period: 1800,
  });
  expect(alarms['mongogrant-reaper-failing']).toMatchObject({
    MetricName: 'Errors',
    Namespace: 'AWS/Lambda',
    Threshold: 1,
  });
  expect(alarms['mongogrant-reaper-silent']).toMatchObject({
    MetricName: 'Invocations',
    Threshold: 0,
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    TreatMissingData: 'breaching',
  });
});
