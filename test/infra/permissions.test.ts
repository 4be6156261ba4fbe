import { permissions } from './permissions-of';
import { functionOf, resourcesOf, synthesize, text, vpcSettings } from './synthesize';

const ownLog = ['logs:CreateLogStream own log', 'logs:PutLogEvents own log'];
const signingKey = 'secretsmanager:GetSecretValue signing-key';
const linkKey = 'secretsmanager:GetSecretValue link-key';
const hosts = 'secretsmanager:GetSecretValue arn:partition:secretsmanager:region:accountid:secret:mongogrant/hosts/*';
const feedback = 'arn:partition:ses:region:accountid:configuration-set/own';
const sender = 'only {"StringEquals":{"ses:FromAddress":"no-reply@example.com"}}';

/** Everything that each function may do. A permission that is missing here, or here only, fails. */
const expected: Record<string, string[]> = {
  'request-link': [
    ...ownLog,
    'dynamodb:Query table only rules#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only links#*',
    'dynamodb:PutItem table only links#*',
    'dynamodb:UpdateItem table only links#*',
    'dynamodb:GetItem table only domains#*',
    'dynamodb:UpdateItem table only domains#*',
    'dynamodb:GetItem table only mail#*',
    'dynamodb:GetItem table only ip#*',
    'dynamodb:UpdateItem table only ip#*',
    'dynamodb:PutItem table only audit#*',
    linkKey,
    `ses:SendEmail arn:partition:ses:region:accountid:identity/* ${sender}`,
    `ses:SendEmail ${feedback} ${sender}`,
  ],
  'redeem-link': [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:UpdateItem table only links#*',
    'dynamodb:PutItem table only audit#*',
    linkKey,
    signingKey,
  ],
  'grant-credentials': [
    ...ownLog,
    'dynamodb:GetItem table only tickets#*',
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:PutItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
    hosts,
    'dynamodb:GetItem table only hosts#*',
    'dynamodb:PutItem table only hosts#*',
    'dynamodb:UpdateItem table only hosts#*',
  ],
  grants: [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:Query table/index/listed only grants#*',
    'dynamodb:Query table/index/due only grants#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
  ],
  revoke: [
    ...ownLog,
    'dynamodb:Query table only tickets#*',
    'dynamodb:DeleteItem table only tickets#*',
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only links#*',
    'dynamodb:UpdateItem table only links#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:Query table/index/listed only grants#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
    hosts,
    'dynamodb:GetItem table only orders#*',
    'dynamodb:PutItem table only orders#*',
    'dynamodb:UpdateItem table only orders#*',
    'dynamodb:DeleteItem table only orders#*',
    'dynamodb:GetItem table only hosts#*',
    'dynamodb:PutItem table only hosts#*',
    'dynamodb:UpdateItem table only hosts#*',
  ],
  rules: [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:Query table/index/listed only rules',
    'dynamodb:Query table/index/due only rules#by#*',
    'dynamodb:GetItem table only rules#*',
    'dynamodb:PutItem table only rules#*',
    'dynamodb:DeleteItem table only rules#*',
    'dynamodb:Query table/index/listed only rulers',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:PutItem table only rulers#*',
    'dynamodb:DeleteItem table only rulers#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:Query table/index/listed only grants#*',
    'dynamodb:Query table/index/due only grants#*',
    'dynamodb:PutItem table only sweeps#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
    // Whether a host is registered; no value.
    hosts.replace('GetSecretValue', 'DescribeSecret'),
    'secretsmanager:ListSecrets *',
  ],
  audit: [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only audit#*',
    'dynamodb:Query table/index/listed only audit#*',
    'dynamodb:GetItem table only events',
    'dynamodb:PutItem table only events',
    'dynamodb:PutItem table only audit#*',
    signingKey,
  ],
  reap: [
    ...ownLog,
    'dynamodb:GetItem table only jobs',
    'dynamodb:PutItem table only jobs',
    'dynamodb:Query table/index/due only sweeps',
    'dynamodb:GetItem table only sweeps#*',
    'dynamodb:UpdateItem table only sweeps#*',
    'dynamodb:DeleteItem table only sweeps#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:Query table/index/listed only rules',
    'dynamodb:GetItem table only rules#*',
    'dynamodb:DeleteItem table only rules#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:Query table/index/listed only grants#*',
    'dynamodb:Query table/index/due only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:GetItem table only hosts#*',
    'dynamodb:PutItem table only hosts#*',
    'dynamodb:DeleteItem table only hosts#*',
    'dynamodb:PutItem table only audit#*',
    hosts,
    'dynamodb:PutItem table only sweeps#*',
    'dynamodb:Query table/index/due only orders',
    'dynamodb:GetItem table only orders#*',
    'dynamodb:UpdateItem table only orders#*',
    'dynamodb:DeleteItem table only orders#*',
    'dynamodb:GetItem table only rows',
    'dynamodb:PutItem table only rows',
  ],
  remind: [
    ...ownLog,
    'dynamodb:PutItem table only tickets#*',
    'dynamodb:Query table/index/due only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:GetItem table only mail#*',
    'dynamodb:GetItem table only jobs',
    'dynamodb:PutItem table only jobs',
    'dynamodb:PutItem table only audit#*',
    `ses:SendEmail arn:partition:ses:region:accountid:identity/* ${sender}`,
    `ses:SendEmail ${feedback} ${sender}`,
  ],
  reconcile: [
    'dynamodb:PutItem table only jobs',
    ...ownLog,
    'dynamodb:Query table only grants#*',
    'dynamodb:Query table/index/listed only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:GetItem table only hosts#*',
    'dynamodb:PutItem table only hosts#*',
    'dynamodb:DeleteItem table only hosts#*',
    'dynamodb:PutItem table only audit#*',
    hosts,
    // Names only; AWS offers no narrower way to learn which hosts are registered.
    'secretsmanager:ListSecrets *',
  ],
};

/** What no route leads to: AWS calls it. */
const jobs: Record<string, string[]> = {
  'note-feedback': [...ownLog, 'dynamodb:PutItem table only mail#*', 'dynamodb:PutItem table only audit#*'],
  'rotate-admin-password': [
    ...ownLog,
    ...['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map((verb) =>
      hosts.replace('GetSecretValue', verb),
    ),
    hosts.replace('/hosts/', '/hosts-masters/'),
  ],
};
Object.assign(expected, jobs);

/** Lambda's own way into a VPC. The interfaces have no names beforehand, hence `*`; the function's code is denied all of it. */
const vpcActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
const vpcAccess = vpcActions.flatMap((action) => [
  `${action} *`,
  `Deny ${action} * only {"Null":{"lambda:SourceFunctionArn":"false"}}`,
]);

const plain = synthesize();
const inVpc = synthesize(vpcSettings);

test.each(Object.keys(expected))('%s may do exactly what its row says', (name) => {
  expect(permissions(plain)[name]).toEqual(expected[name]?.toSorted());
});

test('only the functions that talk to MongoDB gain anything from a VPC', () => {
  const gained = Object.entries(permissions(inVpc)).map(([name, lines]) => [
    name,
    lines.filter((line) => !expected[name]?.includes(line)),
  ]);
  expect(Object.fromEntries(gained)).toEqual({
    'request-link': [],
    'redeem-link': [],
    'grant-credentials': vpcAccess.toSorted(),
    grants: [],
    revoke: vpcAccess.toSorted(),
    rules: [],
    audit: [],
    reap: vpcAccess.toSorted(),
    remind: [],
    reconcile: vpcAccess.toSorted(),
    'rotate-admin-password': vpcAccess.toSorted(),
    'note-feedback': [],
  });
});

test('no function has a permission that is not in its own inline policy', () => {
  for (const [id, role] of resourcesOf(inVpc, 'AWS::IAM::Role')) {
    expect([id, Object.keys(role.Properties)]).toEqual([id, ['AssumeRolePolicyDocument']]);
    expect(JSON.stringify(role.Properties)).toContain('"Principal":{"Service":"lambda.amazonaws.com"}');
  }
  for (const type of ['AWS::IAM::ManagedPolicy', 'AWS::SecretsManager::ResourcePolicy', 'AWS::Logs::ResourcePolicy']) {
    inVpc.resourceCountIs(type, 0);
  }
});

test('each function has the role of its own name', () => {
  const roles = resourcesOf(plain, 'AWS::Lambda::Function').map(([id, fn]) => [
    functionOf(id),
    functionOf(text(fn.Properties.Role)),
  ]);
  expect(Object.fromEntries(roles)).toEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, name])));
});

test('only this API, for a job its schedule, for feedback SES, and only Secrets Manager of this account the rotation, may call a function', () => {
  const callers = resourcesOf(plain, 'AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
  const rotation = callers.filter(({ FunctionName }) => text(FunctionName).startsWith('rotateadminpassword'));
  expect(rotation).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: expect.anything(),
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: { Ref: 'AWS::AccountId' },
    },
  ]);
  const scheduled = callers.filter(({ Principal }) => Principal === 'events.amazonaws.com');
  expect(scheduled.map(({ FunctionName, SourceArn }) => [functionOf(text(FunctionName)), text(SourceArn)])).toEqual([
    ['reap', expect.stringMatching(/^ReaperSchedule\w+\.Arn$/)],
    ['remind', expect.stringMatching(/^ReminderSchedule\w+\.Arn$/)],
    ['reconcile', expect.stringMatching(/^ReconcilerSchedule\w+\.Arn$/)],
    ['note-feedback', expect.stringMatching(/^MailReturned\w+\.Arn$/)],
  ]);
  const served = callers.filter((caller) => !rotation.includes(caller) && !scheduled.includes(caller));
  expect(served.length).toBeGreaterThan(0);
  for (const permission of served) {
    expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
    expect(text(permission.SourceArn)).toMatch(/^arn:partition:execute-api:region:accountid:ApiHttpApi\w+\/\*\/\*/);
  }
});

test('the prefix of the secrets is the one that the settings name', () => {
  const all = permissions(synthesize({ secretPrefix: 'lab/grants' }));
  expect(all['rotate-admin-password']?.join()).not.toContain('mongogrant/');
  const lines = all.revoke;
  expect(lines).toContain(hosts.replace('mongogrant/', 'lab/grants/'));
  expect(lines).not.toContain(hosts);
});
