import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { allowWildcard } from './acknowledge';
import type { CustomerKey } from './customer-key';

/**
 * The admin login of every registered host. An admin makes these secrets outside the stack, at any time, so they are known by their
 * name's beginning only. They must be encrypted with the account's default key for Secrets Manager, or with the customer's key: another
 * one would need a permission of its own.
 */
export class HostSecrets {
  constructor(
    private readonly prefix: string,
    private readonly key: CustomerKey | undefined,
  ) {}

  /** Lets the function read them. */
  read(fn: LambdaFunction): void {
    this.key?.readSecrets(fn);
    this.allow(fn, ['GetSecretValue'], 'hosts');
  }

  /** Lets the function see which hosts are registered: the names of all secrets of the account, as AWS lets nobody list only some. No value. */
  list(fn: LambdaFunction): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:ListSecrets'], resources: ['*'] }));
    allowWildcard(fn.role, '*', 'AWS lets nobody list only some secrets. Their values stay out of reach.');
  }

  /**
   * Lets Secrets Manager call the function that rotates them, and lets the function do so. Where two users take turns, the login over both
   * (`masterarn`) is read only, and lies apart from the hosts: what may be granted on is no master.
   */
  rotate(fn: LambdaFunction): void {
    this.key?.changeSecrets(fn);
    fn.addPermission('Rotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      // Any secret of this account: hosts are registered outside the stack. The function itself reaches only those under the prefix.
      sourceAccount: Stack.of(fn).account,
    });
    this.allow(fn, ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'], 'hosts');
    this.allow(fn, ['GetSecretValue'], 'hosts-masters');
  }

  private allow(fn: LambdaFunction, actions: string[], folder: 'hosts' | 'hosts-masters'): void {
    const secrets = Stack.of(fn).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${this.prefix}/${folder}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    fn.addToRolePolicy(
      new PolicyStatement({ actions: actions.map((action) => `secretsmanager:${action}`), resources: [secrets] }),
    );
    allowWildcard(fn.role, secrets, 'Hosts are registered outside the stack, at any time.');
  }
}
