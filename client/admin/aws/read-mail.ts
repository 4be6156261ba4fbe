import { GetAccountCommand, GetEmailIdentityCommand, NotFoundException, SESv2Client } from '@aws-sdk/client-sesv2';
import { attempts, patient } from '../../../shared/aws/aws-requests';

export interface MailAccount {
  /** Mail goes to verified addresses only. */
  sandbox: boolean;
  sending: boolean;
  /** `HEALTHY`, `PROBATION` or `SHUTDOWN`. */
  enforcement: string;
  /** Mails in 24 hours, and how many of them were sent. */
  quota: { most: number; sent: number };
}

export type Identity = 'verified' | 'not verified' | 'missing';

/** SES version 2, which alone tells of the sandbox. Each function is one call, and sends nothing. */
export function mailFacts() {
  const client = patient(new SESv2Client(attempts));
  return {
    async account(): Promise<MailAccount> {
      const account = await client.send(new GetAccountCommand({}));
      const { SendQuota: quota = {} } = account;
      return {
        sandbox: !account.ProductionAccessEnabled,
        sending: account.SendingEnabled ?? false,
        enforcement: account.EnforcementStatus ?? 'HEALTHY',
        quota: { most: quota.Max24HourSend ?? 0, sent: quota.SentLast24Hours ?? 0 },
      };
    },
    async identity(name: string): Promise<Identity> {
      try {
        const found = await client.send(new GetEmailIdentityCommand({ EmailIdentity: name }));
        return found.VerifiedForSendingStatus ? 'verified' : 'not verified';
      } catch (fault) {
        if (fault instanceof NotFoundException) return 'missing';
        throw fault;
      }
    },
  };
}
