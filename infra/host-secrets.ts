import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/**
 * Lets the function read the admin login of every registered host. An admin makes these secrets outside the stack, at any
 * time, so they are known by their name's beginning only. They must be encrypted with the account's default key for
 * Secrets Manager (another key would need a permission of its own).
 */
export function readHostSecrets(fn: LambdaFunction, prefix: string): void {
  const hosts = Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${prefix}/hosts/*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [hosts] }));
}

/** Lets the function see which hosts are registered: the names of all secrets of the account, as AWS lets nobody list only some. No value. */
export function listHostSecrets(fn: LambdaFunction): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:ListSecrets'], resources: ['*'] }));
}
