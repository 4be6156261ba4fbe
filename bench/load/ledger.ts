export interface HandedOut {
  uri: string;
  /** `newest`: nothing has happened to it since. `unsure`: a request got no clear answer. `over`: a newer one came, or its grant ended. */
  standing: 'newest' | 'unsure' | 'over';
}

/** What one person knows of one grant. */
export interface Account {
  email: string;
  host: string;
  role: string;
  label: string;
  passwords: HandedOut[];
  /** Whether the last clear answer said that it ends. */
  revoked: boolean;
}

export const handOut = (account: Account, uri: string): void => {
  for (const password of account.passwords) password.standing = 'over';
  account.passwords.push({ uri, standing: 'newest' });
  account.revoked = false;
};

/** Notes that the answer to a request was lost, or does not say what happened. */
export const loseAnswer = (account: Account): void => {
  for (const password of account.passwords) if (password.standing === 'newest') password.standing = 'unsure';
  account.revoked = false;
};

export const revoke = (account: Account): void => {
  for (const password of account.passwords) password.standing = 'over';
  account.revoked = true;
};
