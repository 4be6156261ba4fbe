import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key';

export interface SigningKeyProps {
  /** The setting `secretPrefix`: the secret's name is `<prefix>/<name>`. */
  readonly prefix: string;
  readonly name: 'signing-key' | 'link-key' | 'front-key';
  readonly description: string;
  /** What the texts under "key" and "older" are for. */
  readonly use?: string;
  /** Encrypts the secret instead of AWS's own key, if set. */
  readonly key: CustomerKey | undefined;
}

/** A key that signs fetch tokens or links, or identifies CloudFront. AWS makes it up: no template holds it, and nobody has to see it. */
export class SigningKey extends Construct {
  private readonly secret: Secret;
  private readonly key: CustomerKey | undefined;

  constructor(scope: Construct, id: string, props: SigningKeyProps) {
    super(scope, id);
    const { prefix, name, description, use = '"key" signs, "older" still verify', key } = props;
    this.key = key;
    this.secret = new Secret(this, 'Secret', {
      secretName: `${prefix}/${name}`,
      description: `${description}: ${use}`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ older: [] }),
        generateStringKey: 'key',
        passwordLength: 64,
        excludePunctuation: true,
      },
      // Without the key each person needs one new link. If it were kept, its name would be taken, and the next stack could not be made.
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key.key }),
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason: 'An admin changes the key, with an overlap, when there is a reason: SECURITY.md says how.',
    });
  }

  get arn(): string {
    return this.secret.secretArn;
  }

  read(fn: LambdaFunction): void {
    this.key?.readSecrets(fn);
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
