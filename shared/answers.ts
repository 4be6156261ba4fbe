import { durationText } from './durations';
import type { Rule } from './policy';
import type { Grant } from './store/grants';
import { iso } from './time';

/** A grant as the API shows it: never a password. */
export const grantAnswer = ({ email, host, db, role, label, username, issuedAt, expiresAt, state }: Grant) => ({
  email,
  host,
  db,
  role,
  label,
  username,
  issued: iso(issuedAt),
  expires: iso(expiresAt),
  state,
});

/** A rule as the API shows it, in the form in which it can be set again. */
export const ruleAnswer = ({ email, host, db, role, which, expiresAt, maxTtl, cidrs, note }: Rule) => ({
  email,
  host,
  db,
  role,
  which,
  ...(expiresAt !== undefined && { expires: iso(expiresAt) }),
  ...(maxTtl !== undefined && { maxTtl: durationText(maxTtl) }),
  ...(cidrs && { cidrs }),
  ...(note && { note }),
});
