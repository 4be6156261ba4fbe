import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

/** The address in a sender such as `mongogrant <no-reply@lab.org>`. */
export const addressOf = (sender: string): string => /<(.+)>$/.exec(sender)?.[1] ?? sender;

/**
 * The SES identity of the sender. It is the address alone, which somebody confirms by opening one mail: verifying the domain, better
 * for delivery, needs its DNS, and an admin can add it at any time without a deployment.
 */
export class Mail extends Construct {
  private readonly address: string;

  constructor(scope: Construct, id: string, { mailFrom }: { mailFrom: string }) {
    super(scope, id);
    this.address = addressOf(mailFrom);
    new EmailIdentity(this, 'Sender', { identity: Identity.email(this.address) });
  }

  /**
   * Lets the function send mail, from `mailFrom` only. Any identity, because SES asks for the sender's address or domain, whichever is
   * verified, and in a new account (the sandbox) for the identity of whoever receives the mail as well.
   */
  send(fn: LambdaFunction): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [Stack.of(fn).formatArn({ service: 'ses', resource: 'identity', resourceName: '*' })],
        conditions: { StringEquals: { 'ses:FromAddress': this.address } },
      }),
    );
  }
}
