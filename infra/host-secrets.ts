import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { allowWildcard } from './acknowledge';
import type { CustomerKey } from './customer-key';

/**
 * Lets the function read the admin login of every registered host. An admin makes these secrets outside the stack, at any
 * time, so they are known by their name's beginning only. They must be encrypted with the account's default key for
 * Secrets Manager, or with the customer's key: another one would need a permission of its own.
 */
export function readHostSecrets(fn: LambdaFunction, prefix: string, key: CustomerKey | undefined): void {
  key?.readSecrets(fn);
  allow(fn, ['secretsmanager:GetSecretValue'], `${prefix}/hosts/*`);
}

/**
 * Lets Secrets Manager call the function that rotates these logins, and lets the function do so. Where two users take turns, the login
 * over both (`masterarn`) is read only, and lies apart from the hosts: what may be granted on is no master.
 */
export function rotateHostSecrets(fn: LambdaFunction, prefix: string, key: CustomerKey | undefined): void {
  key?.changeSecrets(fn);
  const { account } = Stack.of(fn);
  fn.addPermission('Rotation', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    // Any secret of this account: hosts are registered outside the stack. The function itself reaches only those under the prefix.
    sourceAccount: account,
  });
  const verbs = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  allow(
    fn,
    verbs.map((verb) => `secretsmanager:${verb}`),
    `${prefix}/hosts/*`,
  );
  allow(fn, ['secretsmanager:GetSecretValue'], `${prefix}/hosts-masters/*`);
}

function allow(fn: LambdaFunction, actions: string[], resourceName: string): void {
  const secrets = Stack.of(fn).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  fn.addToRolePolicy(new PolicyStatement({ actions, resources: [secrets] }));
  allowWildcard(fn.role, secrets, 'Hosts are registered outside the stack, at any time.');
}

/** Lets the function see which hosts are registered: the names of all secrets of the account, as AWS lets nobody list only some. No value. */
export function listHostSecrets(fn: LambdaFunction): void {
  fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:ListSecrets'], resources: ['*'] }));
  allowWildcard(fn.role, '*', 'AWS lets nobody list only some secrets. Their values stay out of reach.');
}
