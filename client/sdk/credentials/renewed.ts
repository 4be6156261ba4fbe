import { defined } from '../defined';
import type { RenewedGrant } from '../replies';
import type { Credential } from '../settings/credentials';

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
