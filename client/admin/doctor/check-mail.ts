import type { Identity, MailAccount } from '../aws/read-mail';
import { type Finding, fail, ok, warn } from './finding';

export function judgeAccount({ sandbox, sending, enforcement, quota }: MailAccount): Finding {
  const look = 'SES console, Account dashboard';
  if (enforcement === 'SHUTDOWN' || !sending)
    return fail(
      'mail account',
      'SES sends nothing for this account: it was stopped.',
      `${look}, Reputation: it says why`,
    );
  if (enforcement !== 'HEALTHY')
    return warn('mail account', `SES watches this account (${enforcement}) and may stop it.`, `${look}, Reputation`);
  if (sandbox)
    return warn(
      'mail account',
      'In the SES sandbox: mail goes to verified addresses only.',
      `Ask for production access: ${look}. To try one address: aws sesv2 create-email-identity --email-identity you@lab.org`,
    );
  const { most, sent } = quota;
  if (most > 0 && sent > most * 0.8)
    return warn('mail account', `${sent} of ${most} mails of the last 24 hours are used.`, `Ask for more: ${look}`);
  return ok(
    'mail account',
    `Out of the sandbox, ${sent} of ${most < 0 ? 'any number of' : most} mails sent in 24 hours.`,
  );
}

export function judgeIdentity(name: string, identity: Identity): Finding {
  if (identity === 'verified') return ok('sender', `${name} is verified.`);
  if (identity === 'missing')
    return fail('sender', `SES does not know ${name}.`, `aws sesv2 create-email-identity --email-identity ${name}`);
  return fail(
    'sender',
    `${name} is not verified, so no mail leaves.`,
    name.includes('@')
      ? 'Open the link that AWS mailed to it. For another one: SES console, Identities'
      : 'Make the DNS records that it names: SES console, Identities',
  );
}
