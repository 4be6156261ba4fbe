import type { Template } from 'aws-cdk-lib/assertions';
import { functionOf, isObject, listOf, resourcesOf, synthesize, text, vpcSettings } from './synthesize';

const ownLog = ['logs:CreateLogStream own log', 'logs:PutLogEvents own log'];
const signingKey = 'secretsmanager:GetSecretValue signing-key';
const linkKey = 'secretsmanager:GetSecretValue link-key';
const hosts = 'secretsmanager:GetSecretValue arn:partition:secretsmanager:region:accountid:secret:mongogrant/hosts/*';
const sender = 'only {"StringEquals":{"ses:FromAddress":"no-reply@example.com"}}';

/** Everything that each function may do. A permission that is missing here, or here only, fails. */
const expected: Record<string, string[]> = {
  'request-link': [
    ...ownLog,
    'dynamodb:Query table only rules#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:GetItem table only links#*',
    'dynamodb:PutItem table only links#*',
    'dynamodb:GetItem table only ip#*',
    'dynamodb:UpdateItem table only ip#*',
    'dynamodb:PutItem table only audit#*',
    linkKey,
    `ses:SendEmail arn:partition:ses:region:accountid:identity/* ${sender}`,
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
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:Query table only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:PutItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
    hosts,
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
  ],
  rules: [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:Query table only rules#*',
    'dynamodb:Query table/index/listed only rules',
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
  ],
  audit: [
    ...ownLog,
    'dynamodb:GetItem table only links#*',
    'dynamodb:GetItem table only rulers#*',
    'dynamodb:Query table only audit#*',
    'dynamodb:Query table/index/listed only audit#*',
    'dynamodb:PutItem table only audit#*',
    signingKey,
  ],
  reap: [
    ...ownLog,
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
  ],
  remind: [
    ...ownLog,
    'dynamodb:Query table/index/due only grants#*',
    'dynamodb:GetItem table only grants#*',
    'dynamodb:UpdateItem table only grants#*',
    'dynamodb:PutItem table only audit#*',
    `ses:SendEmail arn:partition:ses:region:accountid:identity/* ${sender}`,
  ],
  reconcile: [
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

test('only this API, for a job its schedule, and only Secrets Manager of this account the rotation, may call a function', () => {
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

/** Function -> its permissions as sorted lines, one for each action, resource and condition. */
function permissions(template: Template): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const [, { Properties: policy }] of resourcesOf(template, 'AWS::IAM::Policy')) {
    const document = isObject(policy.PolicyDocument) ? policy.PolicyDocument : {};
    for (const role of listOf(policy.Roles).map(text)) {
      const name = functionOf(role);
      const own = listOf(document.Statement).flatMap((statement) =>
        linesOf(isObject(statement) ? statement : {}, name),
      );
      lines[name] = [...(lines[name] ?? []), ...own].toSorted();
    }
  }
  return lines;
}

function linesOf(statement: Record<string, unknown>, name: string): string[] {
  const { Effect, Action, Resource, Condition, ...rest } = statement;
  expect(rest).toEqual({});
  const only = Condition === undefined ? '' : ` only ${conditionName(Condition)}`;
  const denied = Effect === 'Allow' ? '' : `${Effect} `;
  return listOf(Action).flatMap((action) =>
    listOf(Resource).map((resource) => `${denied}${action} ${resourceName(text(resource), name)}${only}`),
  );
}

function resourceName(resource: string, name: string): string {
  if (/^SigningKeySecret\w+$/.test(resource)) return 'signing-key';
  if (/^LinkKeySecret\w+$/.test(resource)) return 'link-key';
  if (/Logs\w+\.Arn$/.test(resource))
    return functionOf(resource) === name ? 'own log' : `log of ${functionOf(resource)}`;
  return resource.replace(/^TableItems\w+\.Arn/, 'table');
}

function conditionName(condition: unknown): string {
  const written = JSON.stringify(condition);
  return /^\{"ForAllValues:StringLike":\{"dynamodb:LeadingKeys":\["([^"]+)"\]\}\}$/.exec(written)?.[1] ?? written;
}
