import type { Account, HandedOut } from './ledger';

/** The state of everything once the service has had its time. */
export interface Outcome {
  accounts: readonly Account[];
  rows: readonly { id: string; email: string; role: string; label: string; username: string; state: string }[];
  users: readonly { user: string; grant: string }[];
  works: (password: HandedOut) => boolean;
}

/** Each kind of mistake, with what was found of it. */
export function judge({ accounts, rows, users, works }: Outcome): Record<string, string[]> {
  const active = rows.filter(({ state }) => state === 'active');
  const rowOf = ({ email, role, label }: Account) =>
    active.find((row) => row.email === email && row.role === role && row.label === label);
  const all = accounts.flatMap((account) =>
    account.passwords.map((password) => ({ account, password, row: rowOf(account), works: works(password) })),
  );
  const names = (some: typeof all) =>
    some.map(({ account, row }) => `${account.email} ${account.role} ${account.label}: ${row ? row.id : 'no grant'}`);
  return {
    'grants that neither live nor ended': rows.filter(({ state }) => state !== 'active').map(({ id }) => id),
    'passwords that work without a grant': names(all.filter((one) => one.works && !one.row)),
    'passwords that work though they are over': names(
      all.filter((one) => one.works && one.row && one.password.standing === 'over'),
    ),
    'passwords that do not work though their grant lives': names(
      all.filter((one) => !one.works && one.row && one.password.standing === 'newest'),
    ),
    'grants that live though they were said to end': accounts
      .filter((account) => account.revoked && rowOf(account))
      .map(({ email, role, label }) => `${email} ${role} ${label}`),
    'users without a grant': users
      .filter(({ grant }) => !active.some(({ id }) => id === grant))
      .map(({ user }) => user),
    'grants without a user': active
      .filter(({ id }) => !users.some(({ grant }) => grant === id))
      .map(({ username }) => username),
  };
}
