import { lossesFrom } from '../support/losses-from';
import { readTemplate } from '../support/release-010';
import { permissions } from './permissions-of';
import { kmsKeyArn, resourcesOf, synthesize } from './synthesize';

const alarmEmail = 'ops@lab.org';

const off = synthesize({ alarmEmail });
const on = synthesize({ alarmEmail, kmsKeyArn });

/** Of each type, the properties that are not as without the key. */
function changes(): Record<string, string[]> {
  const before = readTemplate(off.toJSON()).Resources;
  const after = readTemplate(on.toJSON()).Resources;
  expect(Object.keys(after)).toEqual(Object.keys(before));
  const changed: Record<string, Set<string>> = {};
  for (const [id, is] of Object.entries(after)) {
    const { Properties: was, ...rest } = before[id] ?? is;
    const { Properties: now, ...restNow } = is;
    expect([id, restNow]).toEqual([id, rest]);
    for (const name of new Set([...Object.keys(was), ...Object.keys(now)]))
      if (JSON.stringify(was[name]) !== JSON.stringify(now[name]))
        changed[is.Type] = (changed[is.Type] ?? new Set()).add(name);
  }
  return Object.fromEntries(Object.entries(changed).map(([type, names]) => [type, [...names]]));
}

test('without the setting nothing in the template is about a key', () => {
  expect(JSON.stringify(off.toJSON())).not.toMatch(/kms/i);
});

// CloudFormation changes each of these where it is: neither the table nor a secret nor a log is made anew.
test('with it what holds something is encrypted with the key, and nothing else changes but what functions may do', () => {
  expect(changes()).toEqual({
    'AWS::DynamoDB::Table': ['SSESpecification'],
    'AWS::SecretsManager::Secret': ['KmsKeyId'],
    'AWS::Logs::LogGroup': ['KmsKeyId'],
    'AWS::SNS::Topic': ['KmsMasterKeyId'],
    'AWS::IAM::Policy': ['PolicyDocument'],
  });
  const differing = lossesFrom(readTemplate(off.toJSON()), readTemplate(on.toJSON())).map(
    (loss) => loss.split(': ')[1],
  );
  expect([...new Set(differing)].sort()).toEqual(['KmsKeyId', 'SSESpecification']);
});

test('each table, secret, log and topic has it', () => {
  const values = (type: string, name: string) =>
    resourcesOf(on, type).map(([id, { Properties }]) => [id, Properties[name]]);
  const expected = {
    'AWS::DynamoDB::Table': ['SSESpecification', { KMSMasterKeyId: kmsKeyArn, SSEEnabled: true, SSEType: 'KMS' }],
    'AWS::SecretsManager::Secret': ['KmsKeyId', kmsKeyArn],
    'AWS::Logs::LogGroup': ['KmsKeyId', kmsKeyArn],
    'AWS::SNS::Topic': ['KmsMasterKeyId', kmsKeyArn],
  } as const;
  for (const [type, [name, value]] of Object.entries(expected)) {
    const found = values(type, name);
    expect(found.length).toBeGreaterThan(0);
    for (const [id, is] of found) expect([id, is]).toEqual([id, value]);
  }
});

test('functions may use it only through the services that they use, and only rotation may encrypt with it', () => {
  const without = permissions(off);
  const gained = Object.entries(permissions(on)).map(([name, lines]) => [
    name,
    lines.filter((line) => !without[name]?.includes(line)),
  ]);
  const through = (verb: string, service: string) =>
    `kms:${verb} ${kmsKeyArn} only {"StringEquals":{"kms:ViaService":${service}}}`;
  const fromRegion = (service: string) => `{"Fn::Join":["",["${service}.",{"Ref":"AWS::Region"},".amazonaws.com"]]}`;
  const table = through('Decrypt', fromRegion('dynamodb'));
  const secrets = through('Decrypt', fromRegion('secretsmanager'));
  expect(Object.fromEntries(gained)).toEqual({
    'request-link': [table, secrets],
    'redeem-link': [table, secrets],
    'grant-credentials': [table, secrets],
    grants: [table, secrets],
    revoke: [table, secrets],
    rules: [table, secrets],
    audit: [table, secrets],
    reap: [table, secrets],
    reconcile: [table, secrets],
    remind: [table],
    'note-feedback': [table],
    'rotate-admin-password': [secrets, through('GenerateDataKey', fromRegion('secretsmanager'))],
  });
});

test('an admin is told to put the secrets of hosts under it', () => {
  const [command, environment] = ['Step2RegisterHost', 'ForAdmins'].map((id) =>
    JSON.stringify(on.findOutputs(id)[id]?.Value),
  );
  expect(command).toContain(`/hosts/HOST --kms-key-id ${kmsKeyArn} --secret-string`);
  expect(environment).toContain(` MONGOGRANT_KMS_KEY=${kmsKeyArn}`);
});

test.each(['alias/mine', 'arn:aws:kms:eu-central-1:123456789012:alias/mine', '0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50'])(
  '%s is refused: a log takes the ARN of a key alone',
  (kmsKeyArn) => {
    expect(() => synthesize({ kmsKeyArn })).toThrow('Settings: kmsKeyArn must be the ARN of a key');
  },
);
