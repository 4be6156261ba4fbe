import { setTimeout as wait } from 'node:timers/promises';
import { askForPassword, type Load, pick, renew, revokeLabel, told } from '../load/acts';
import { type Account, revoke } from '../load/ledger';

export interface Caller {
  token: string;
  accounts: Account[];
}

/** Makes a request every `everyMs` milliseconds, or as soon as the answer to the last one has come. */
export async function call(load: Load, { token, accounts }: Caller, everyMs: number): Promise<void> {
  for (let next = Date.now() + Math.random() * everyMs; ; next = Math.max(Date.now(), next + everyMs)) {
    await wait(next - Date.now());
    if (load.over()) return;
    const account = pick(accounts);
    const act = Math.random();
    // Some logins are short, so that the reaper always has something to end.
    if (act < 0.8) await askForPassword(load, account, token, Math.random() < 0.4 ? shortLife() : '1 d');
    else if (act < 0.9) await renew(load, account, token);
    else await revokeLabel(load, accounts, account, token);
  }
}

export const shortLife = (): string => `${5 + Math.floor(Math.random() * 6)} s`;

/** Revokes everything each second, and asks for some of it again without waiting for the answers. */
export async function revokeAgainAndAgain(load: Load, { token, accounts }: Caller): Promise<void> {
  const hosts = [...new Set(accounts.map(({ host }) => host))];
  const underWay: Promise<unknown>[] = [];
  const revokeAll = () => told(load, 'DELETE', '/grants', token);
  for (; !load.over(); await wait(1000)) {
    underWay.push(revokeAll());
    for (const host of hosts) {
      const here = accounts.filter((account) => account.host === host);
      underWay.push(...[1, 2].map(() => askForPassword(load, pick(here), token, '1 d')));
    }
  }
  await Promise.all(underWay);
  // The answers do not tell which request came last. After this revocation that does not matter.
  while ((await revokeAll())?.status !== 200) await wait(1000);
  for (const account of accounts) revoke(account);
}
