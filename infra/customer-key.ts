import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/aws/settings';

/**
 * A KMS key of the customer. Its policy is theirs, too, and must let CloudWatch use it: docs/deploy.md has the statements. Each method lets
 * a function use the key through one other service, and never directly.
 */
export class CustomerKey extends Construct {
  readonly key: IKey;

  static of(scope: Construct, { kmsKeyArn }: Deployment): CustomerKey | undefined {
    return kmsKeyArn === undefined ? undefined : new CustomerKey(scope, 'CustomerKey', kmsKeyArn);
  }

  private constructor(scope: Construct, id: string, arn: string) {
    super(scope, id);
    this.key = Key.fromKeyArn(this, 'Key', arn);
  }

  /** Read and write items: DynamoDB uses the table's key in the name of the caller. */
  useTable = (fn: LambdaFunction) => this.allow(fn, 'dynamodb', ['Decrypt']);

  readSecrets = (fn: LambdaFunction) => this.allow(fn, 'secretsmanager', ['Decrypt']);

  /** Read secrets, and give them new values. */
  changeSecrets = (fn: LambdaFunction) => this.allow(fn, 'secretsmanager', ['Decrypt', 'GenerateDataKey']);

  private allow(fn: LambdaFunction, service: 'dynamodb' | 'secretsmanager', actions: string[]): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: actions.map((action) => `kms:${action}`),
        resources: [this.key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `${service}.${Stack.of(fn).region}.amazonaws.com` } },
      }),
    );
  }
}
