import { readFileSync } from 'node:fs';
import path from 'node:path';
import release010 from '../fixtures/0.1.0/template.json';
import { functionOf, isObject, listOf, resourcesOf, synthesize, text } from './synthesize';

const plain = synthesize();
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

/** The filters that wait for a code in a log. */
const filtersOf = (code: string) =>
  resourcesOf(plain, 'AWS::Logs::MetricFilter')
    .map(([, { Properties }]) => Properties)
    .filter(({ FilterPattern }) => text(FilterPattern).includes(`$.message = "${code}"`));

/** The function whose log is looked through for a code, and what the alarm on it looks at. */
function watchOf(code: string, alarm: string) {
  const filters = filtersOf(code).map(({ LogGroupName, MetricTransformations }) => {
    const [transformation] = listOf(MetricTransformations);
    return [functionOf(text(LogGroupName)), isObject(transformation) && transformation.MetricName];
  });
  const { MetricName, Threshold, Period } = alarms[`mongogrant-${alarm}`] ?? {};
  return { filters, MetricName, Threshold, Period };
}

test('new addresses of a domain at their limit ring', () => {
  expect(watchOf('new_addresses_capped', 'new-addresses-capped')).toEqual({
    filters: [['request-link', 'CappedNewAddresses']],
    MetricName: 'CappedNewAddresses',
    Threshold: 1,
    Period: 300,
  });
});

test('any other row that can not be read raises an alarm in every function that reads the table', () => {
  const filters = filtersOf('row_unreadable');
  const functions = filters.map(({ LogGroupName }) => text(LogGroupName).replace(/Logs\w+$/, ''));
  expect(functions.toSorted()).toEqual([
    'audit',
    'grantcredentials',
    'grants',
    'reap',
    'reconcile',
    'redeemlink',
    'remind',
    'requestlink',
    'revoke',
    'rules',
  ]);
  const transformations = filters.map(({ MetricTransformations }) => MetricTransformations);
  expect(new Set(transformations.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(transformations[0]).toMatchObject([{ MetricName: 'UnreadableRows', MetricNamespace: 'mongogrant' }]);
  expect(alarms['mongogrant-unreadable-row']).toMatchObject({ MetricName: 'UnreadableRows', Threshold: 1 });
});

test('a mail that can not be sent, complaints, and mails that come back again and again ring', () => {
  const filters = [
    ['request-link', 'FailedMails'],
    ['remind', 'FailedMails'],
  ];
  for (const code of ['link_failed', 'remind_failed'])
    expect(watchOf(code, 'mail-failing')).toEqual({ filters, MetricName: 'FailedMails', Threshold: 1, Period: 300 });
  const bounced = {
    filters: [['note-feedback', 'BouncedMails']],
    MetricName: 'BouncedMails',
    Threshold: 5,
    Period: 3600,
  };
  expect(watchOf('mail_bounced', 'mail-bouncing')).toEqual(bounced);
  const complained = {
    filters: [['note-feedback', 'Complaints']],
    MetricName: 'Complaints',
    Threshold: 1,
    Period: 300,
  };
  expect(watchOf('mail_complained', 'mail-complained-of')).toEqual(complained);
  expect(alarms['mongogrant-feedback-failing']).toMatchObject({ MetricName: 'Errors', Namespace: 'AWS/Lambda' });
});

test('a rule or scope that can not be read raises an alarm in every function that reads one', () => {
  const filters = filtersOf('rule_unreadable');
  expect(filters.map(({ LogGroupName }) => text(LogGroupName).replace(/Logs\w+$/, '')).toSorted()).toEqual([
    'audit',
    'grantcredentials',
    'grants',
    'requestlink',
    'revoke',
    'rules',
  ]);
  for (const filter of filters) {
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

test('what a function of one alarm is, is the one that it names', () => {
  const functions = Object.entries(alarms).flatMap(([name, { Dimensions }]) =>
    (Dimensions === undefined ? [] : listOf(Dimensions))
      .filter(isObject)
      .filter(({ Name }) => Name === 'FunctionName')
      .map(({ Value }) => [name, functionOf(text(Value))]),
  );
  expect(Object.fromEntries(functions)).toEqual({
    'mongogrant-feedback-failing': 'note-feedback',
    'mongogrant-reaper-failing': 'reap',
    'mongogrant-reaper-silent': 'reap',
    'mongogrant-reconcile-failing': 'reconcile',
    'mongogrant-remind-failing': 'remind',
    'mongogrant-rotation-failing': 'rotate-admin-password',
  });
});

test('every alarm of 0.1.0 is still the same one: another id with the same name would stand in its own way', () => {
  const old = Object.entries(release010.Resources).filter(([, { Type }]) =>
    ['AWS::CloudWatch::Alarm', 'AWS::Logs::MetricFilter'].includes(Type),
  );
  const today = ['AWS::CloudWatch::Alarm', 'AWS::Logs::MetricFilter'].flatMap((type) => resourcesOf(plain, type));
  expect(old.length).toBeGreaterThan(12);
  expect(today.map(([id]) => id)).toEqual(expect.arrayContaining(old.map(([id]) => id)));
});
