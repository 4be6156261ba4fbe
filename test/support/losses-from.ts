import type { Template010 } from './release-010';

export type Properties = Record<string, unknown>;
interface Kept {
  /** Of another value CloudFormation makes a new, empty one; or a new value, in a secret that it makes up. */
  fixed: string[];
  /** What must stay as it is for another reason: what is kept, and for whom. */
  same?: string[];
}

/** What holds something, or is known by its name to somebody outside the stack. */
export const kept: Record<string, Kept> = {
  'AWS::DynamoDB::Table': {
    fixed: ['TableName', 'KeySchema'],
    same: [
      'AttributeDefinitions',
      'BillingMode',
      'DeletionProtectionEnabled',
      'PointInTimeRecoverySpecification',
      'SSESpecification',
      'TimeToLiveSpecification',
    ],
  },
  'AWS::SecretsManager::Secret': { fixed: ['Name', 'GenerateSecretString', 'SecretString'], same: ['KmsKeyId'] },
  'AWS::Logs::LogGroup': { fixed: ['LogGroupName', 'LogGroupClass'], same: ['KmsKeyId'] },
  'AWS::ApiGatewayV2::Api': { fixed: ['ProtocolType'] },
  'AWS::ApiGatewayV2::Stage': { fixed: ['ApiId', 'StageName'] },
  'AWS::ApiGatewayV2::DomainName': { fixed: ['DomainName'] },
  // A secret keeps the ARN of the function that rotates it, and runbooks call the jobs.
  'AWS::Lambda::Function': { fixed: ['FunctionName', 'PackageType'] },
  'AWS::SES::EmailIdentity': { fixed: ['EmailIdentity'] },
  'AWS::SNS::Topic': { fixed: ['TopicName', 'FifoTopic'] },
  'AWS::SNS::Subscription': { fixed: ['Endpoint', 'Protocol', 'TopicArn'] },
  'AWS::EC2::SecurityGroup': { fixed: ['GroupName', 'GroupDescription', 'VpcId'] },
};

/** What an update from one template to another would take away, or make anew. */
export function lossesFrom(before: Template010, after: Template010): string[] {
  return Object.entries(before.Resources).flatMap(([id, was]) => {
    const { fixed, same = [] } = kept[was.Type] ?? {};
    if (!fixed) return [];
    const is = after.Resources[id];
    if (!is) return [`${id} is gone`];
    if (is.Type !== was.Type) return [`${id} is a ${is.Type}`];
    const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
    return [
      ...[...fixed, ...same].filter((name) => differs(was.Properties[name], is.Properties[name])),
      ...['DeletionPolicy', 'UpdateReplacePolicy'].filter((policy) => differs(was[policy], is[policy])),
      ...indexesOf(was.Properties).filter((index) => !indexesOf(is.Properties).includes(index)),
    ].map((what) => `${id}: ${what}`);
  });
}

/** An index whose keys or attributes change is dropped, and another one made. */
export const indexesOf = ({ GlobalSecondaryIndexes: indexes }: Properties): string[] =>
  Array.isArray(indexes) ? indexes.map((index) => JSON.stringify(index)) : [];
