import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key';

export interface SigningKeyProps {
  /** The setting `secretPrefix`: the key is the secret `<prefix>/<name>`. */
  readonly prefix: string;
  readonly name: 'signing-key' | 'link-key' | 'front-key';
  readonly description: string;
  /** What becomes of the text under "key", and of those under "older". */
  readonly use?: string;
  /** Encrypts the secret in place of AWS's own key, where there is one. */
  readonly key: CustomerKey | undefined;
}

/** A key that signs fetch tokens, or links, or by which CloudFront is known. AWS makes it up: it is in no template, and nobody has to see it. */
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
      // Losing the key costs each person one new link. Keeping it would keep its name taken, and the next stack could not be made.
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

  /** Lets the function sign and verify. */
  read(fn: LambdaFunction): void {
    this.key?.readSecrets(fn);
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
