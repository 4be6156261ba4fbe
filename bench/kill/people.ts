import { setTimeout as wait } from 'node:timers/promises';
import { accountsOf, askForPassword, type Load, pick, renew, revokeLabel, told } from '../load/acts';
import { unheard } from '../load/ask';
import type { Account } from '../load/ledger';

/** One person who asks, renews and revokes at random, one request at a time, and remembers the answers. */
export async function live(load: Load, host: string, email: string, token: string): Promise<Account[]> {
  const accounts = accountsOf(email, host);
  while (!load.over()) {
    const account = pick(accounts);
    const act = Math.random();
    // Some logins are short, so that the reaper ends them meanwhile.
    if (act < 0.6) await askForPassword(load, account, token, Math.random() < 0.3 ? '5 s' : '1 d');
    else if (act < 0.7) await renew(load, account, token);
    else await revokeLabel(load, accounts, account, token);
  }
  return accounts;
}

/** An admin who takes a person's access away for a moment, again and again. */
export async function rule(load: Load, host: string, emails: readonly string[], token: string): Promise<void> {
  while (!load.over()) {
    const key = { email: pick(emails), host, db: 'demo*', role: 'read', which: 'deny' };
    await told(load, 'PUT', '/rules', token, { body: key });
    await wait(500);
    const query = new URLSearchParams(key);
    while (![200, 404].includes((await told(load, 'DELETE', `/rules?${query}`, token))?.status ?? unheard))
      await wait(200);
  }
}
