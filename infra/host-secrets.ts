import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { allowWildcard } from './acknowledge';
import type { CustomerKey } from './customer-key';

/**
 * The admin logins of all hosts. Admins make these secrets outside the stack, so only the beginning of their names is known. They must use
 * the account's default key for Secrets Manager or the customer's key: another key would need another permission.
 */
export class HostSecrets {
  constructor(
    private readonly prefix: string,
    private readonly key: CustomerKey | undefined,
  ) {}

  read(fn: LambdaFunction): void {
    this.key?.readSecrets(fn);
    this.allow(fn, ['GetSecretValue'], 'hosts');
  }

  /** Lets the function see whether a host is registered, and no value of its secret. */
  see(fn: LambdaFunction): void {
    this.allow(fn, ['DescribeSecret'], 'hosts');
  }

  /** Lets the function list hosts: it sees the names of all secrets of the account, as AWS can't limit that, but no values. */
  list(fn: LambdaFunction): void {
    fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:ListSecrets'], resources: ['*'] }));
    allowWildcard(fn.role, '*', 'AWS lets nobody list only some secrets. Their values stay out of reach.');
  }

  /**
   * Lets Secrets Manager call the rotation function, and lets it rotate. It may only read the master login (`masterarn`) of users that take
   * turns. That secret lies apart from the hosts, so that nobody is granted access with it.
   */
  rotate(fn: LambdaFunction): void {
    this.key?.changeSecrets(fn);
    fn.addPermission('Rotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      // Any secret of this account, as hosts are registered outside the stack. The function only reaches those with the prefix.
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
