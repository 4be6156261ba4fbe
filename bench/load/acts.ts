import { setTimeout as wait } from 'node:timers/promises';
import { ask, type Reply, unheard } from './ask';
import { type Account, handOut, loseAnswer, revoke } from './ledger';

/** The outcome of one request. */
export interface Heard {
  route: string;
  /** The host that it was about; none if it was about several. */
  host: string | undefined;
  reply: Reply | undefined;
  /** When it was asked, and how many milliseconds it took. */
  at: number;
  ms: number;
}

export interface Load {
  api: string;
  over: () => boolean;
  hear: (heard: Heard) => void;
}

const usualLabels = ['l0', 'l1', 'l2', 'l3'];
const roles = ['read', 'readWrite'];

export const accountsOf = (email: string, host: string, labels = usualLabels): Account[] =>
  labels.flatMap((label) =>
    roles.map((role): Account => ({ email, host, role, label, passwords: [], revoked: false })),
  );

export async function askForPassword(load: Load, account: Account, token: string, ttl: string): Promise<void> {
  const reply = await told(load, 'POST', '/grants', token, { body: { ...wishOf(account), ttl }, host: account.host });
  if (reply?.status === 201) handOut(account, String(reply.json.uri));
  else if (!touchedNothing(reply)) loseAnswer(account);
}

/** A request that a rule, a limit or another request blocked left the password as it was. */
const touchedNothing = (reply: Reply | undefined): boolean =>
  reply !== undefined && [unheard, 403, 409, 429].includes(reply.status);

export const renew = (load: Load, account: Account, token: string): Promise<Reply | undefined> =>
  told(load, 'POST', '/grants/renew', token, { body: wishOf(account), host: account.host });

export async function revokeLabel(load: Load, accounts: Account[], of: Account, token: string): Promise<void> {
  const { label, host } = of;
  const query = new URLSearchParams({ label, host });
  const reply = await told(load, 'DELETE', `/grants?${query}`, token, { host });
  const named = reply?.status === 200 ? [reply.json.revoked, reply.json.pending].flat() : [];
  for (const account of accounts.filter((one) => one.label === label))
    if (named.some((grant) => Object(grant).role === account.role)) revoke(account);
    // A revocation that was cut short may have happened. What an earlier one said stays true.
    else if (reply?.status !== 200 && reply?.status !== unheard && !account.revoked) loseAnswer(account);
}

const wishOf = ({ host, role, label }: Account) => ({ host, db: 'demo', role, label });

export async function told(
  { api, hear }: Load,
  method: string,
  target: string,
  token: string,
  { body, host }: { body?: object; host?: string } = {},
): Promise<Reply | undefined> {
  const at = Date.now();
  const reply = await ask(api + target, method, { token, ...(body && { body }) });
  hear({ route: `${method} ${target.split('?')[0]}`, host, reply, at, ms: Date.now() - at });
  if (reply?.status === unheard) await wait(100);
  return reply;
}

export function pick<T>(some: readonly T[]): T {
  const one = some[Math.floor(Math.random() * some.length)];
  if (one === undefined) throw new Error('There is nothing to pick from');
  return one;
}
