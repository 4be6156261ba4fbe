import { defined } from '../defined';
import type { RenewedGrant } from '../replies';
import type { Credential } from '../settings/credentials';

const minute = 60_000;
const day = 24 * 60 * minute;

/**
 * When a credential should be renewed: a fifth of its life before its end, but at least a minute and at most a day. None if its end is
 * unknown.
 */
export function dueAt({ issued, expires, label }: Credential): Date | undefined {
  if (!expires || label === undefined) return undefined;
  const known = issued ? expires.getTime() - issued.getTime() : day;
  // Release 0.1.0 noted the moment by a clock that may have been ahead.
  const life = known > 0 ? known : day;
  const margin = Math.min(day, Math.max(minute, life / 5), life / 2);
  return new Date(expires.getTime() - margin);
}

export const isDue = (credential: Credential, now: Date): boolean =>
  (dueAt(credential)?.getTime() ?? Number.POSITIVE_INFINITY) <= now.getTime();

/** Whether it is over, or will be before a connection could be made. */
export const hasEnded = ({ expires }: Credential, now: Date): boolean =>
  expires !== undefined && expires.getTime() - now.getTime() < 5_000;

/** The credential with the end that the API now gives it, and what it says of the host's authorities. */
export const renewed = (
  { ca: _, ...credential }: Credential,
  { expires, ca }: Pick<RenewedGrant, 'expires' | 'ca'>,
  now: Date,
): Credential => ({
  ...credential,
  issued: now,
  expires: new Date(expires),
  ...defined({ ca }),
});
