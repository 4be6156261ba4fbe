import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';

export interface SigningKeyProps {
  /** The setting `secretPrefix`: the key is the secret `<prefix>/<name>`. */
  readonly prefix: string;
  readonly name: 'signing-key' | 'link-key';
  readonly description: string;
}

/** A key that signs fetch tokens, or links. AWS makes it up: it is in no template, and nobody has to see it. */
export class SigningKey extends Construct {
  private readonly secret: Secret;

  constructor(scope: Construct, id: string, { prefix, name, description }: SigningKeyProps) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      secretName: `${prefix}/${name}`,
      description: `${description}: "key" signs, "older" still verify`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ older: [] }),
        generateStringKey: 'key',
        passwordLength: 64,
        excludePunctuation: true,
      },
      // Losing the key costs each person one new link. Keeping it would keep its name taken, and the next stack could not be made.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  /** Lets the function sign and verify. */
  read(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secret.secretArn] }),
    );
  }
}
