import { Stack, Validations } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationSet, EmailIdentity, EmailSendingEvent, EventDestination, Identity } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { senderOf } from '../shared/aws/sender';
import { allowWildcard } from './acknowledge';

export interface MailProps {
  readonly mailFrom: string;
  /** An identity that the account has already, which is used as it is. */
  readonly mailIdentity: string | undefined;
}

/** SES takes a sender whose address is verified, or its domain, or one above that. */
function covers(identity: string, address: string): boolean {
  const [, domain] = address.toLowerCase().split('@');
  return identity === address.toLowerCase() || `.${domain}`.endsWith(`.${identity}`);
}

/**
 * The SES identity of the sender. Unless the account has one, it is the address alone, which somebody confirms by opening one mail:
 * verifying the domain, better for delivery, needs its DNS, and an admin can add it at any time without a deployment.
 */
export class Mail extends Construct {
  private readonly address: string;
  private readonly configurationSet: ConfigurationSet;

  constructor(scope: Construct, id: string, { mailFrom, mailIdentity }: MailProps) {
    super(scope, id);
    this.address = senderOf(mailFrom).address;
    if (mailIdentity === undefined) new EmailIdentity(this, 'Sender', { identity: Identity.email(this.address) });
    else if (!covers(mailIdentity, this.address))
      throw new Error(`Settings: mailIdentity must be ${this.address} or its domain, as mailFrom names it`);
    // Named with each mail, not set on the identity: where the domain is verified, SES may send by that identity.
    this.configurationSet = new ConfigurationSet(this, 'Feedback');
    // SES knows no other bus than the account's own.
    const bus = EventBus.fromEventBusName(this, 'Bus', 'default');
    this.configurationSet.addEventDestination('Events', {
      destination: EventDestination.eventBus(bus),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
  }

  /**
   * Lets the function send mail, from `mailFrom` only. Any identity, because SES asks for the sender's address or domain, whichever is
   * verified, and in a new account (the sandbox) for the identity of whoever receives the mail as well.
   */
  send(fn: LambdaFunction): void {
    const { configurationSetName } = this.configurationSet;
    const arn = (resource: string, resourceName: string) =>
      Stack.of(fn).formatArn({ service: 'ses', resource, resourceName });
    fn.addEnvironment('CONFIGURATION_SET', configurationSetName);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [arn('identity', '*'), arn('configuration-set', configurationSetName)],
        conditions: { StringEquals: { 'ses:FromAddress': this.address } },
      }),
    );
    allowWildcard(
      fn.role,
      arn('identity', '*'),
      'The sender is fixed; in the sandbox SES asks for the identity of the receiver, too.',
    );
  }

  /** Calls the function for each of our mails that came back, or of which somebody complained. */
  hear(fn: LambdaFunction): void {
    new Rule(this, 'Returned', {
      description: 'mongogrant: notes mails that came back, and complaints',
      eventPattern: {
        source: ['aws.ses'],
        detailType: ['Email Bounced', 'Email Complaint Received'],
        detail: { mail: { tags: { 'ses:configuration-set': [this.configurationSet.configurationSetName] } } },
      },
      targets: [new Target(fn)],
    });
    Validations.of(this).acknowledge({
      id: 'Serverless::Serverless-EventBusDLQ',
      reason: 'EventBridge tries again for a day, and an alarm rings when the function fails.',
    });
  }
}
