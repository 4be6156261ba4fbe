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
  /** An identity that the account already has. It is used unchanged. */
  readonly mailIdentity: string | undefined;
}

/** SES accepts a sender if its address, its domain or a parent domain is verified. */
function covers(identity: string, address: string): boolean {
  const [, domain] = address.toLowerCase().split('@');
  return identity === address.toLowerCase() || `.${domain}`.endsWith(`.${identity}`);
}

/**
 * The SES identity of the sender. Unless the account has one, it is the address alone, which somebody confirms by opening one mail. To
 * verify the domain is better for delivery but needs DNS; an admin can do so at any time without a deployment.
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
    // Each mail names it, instead of the identity: SES uses the domain's identity if that is verified.
    this.configurationSet = new ConfigurationSet(this, 'Feedback');
    // SES only knows the account's own bus.
    const bus = EventBus.fromEventBusName(this, 'Bus', 'default');
    this.configurationSet.addEventDestination('Events', {
      destination: EventDestination.eventBus(bus),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
  }

  /**
   * Lets the function send mail, from `mailFrom` only. It allows any identity: SES checks the sender's address or domain, whichever is
   * verified, and in a new account (the sandbox) the recipient's identity, too.
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

  /** Calls the function for each of our mails that came back, or that somebody complained about. */
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
