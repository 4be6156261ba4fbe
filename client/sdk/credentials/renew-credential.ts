import { replies } from '../../../shared/contract/replies';
import { ask } from '../api/ask-api';
import type { RenewedGrant } from '../replies';
import type { Credential } from '../settings/credentials';
import type { Remote } from '../settings/settings-schema';
import type { Place } from '../spec';
import type { RequestDeps } from './request-credential';

/** Asks a remote for a new end of a grant. The password stays. */
export const renewCredential = (
  { apiOf, ttl }: RequestDeps,
  remote: Remote,
  { host, db, role, label = '' }: Place & { label?: string },
): Promise<RenewedGrant> =>
  ask(apiOf(remote), {
    method: 'POST',
    path: '/grants/renew',
    body: { host, db, role, ...(label && { label }), ...(ttl !== undefined && { ttl }) },
    answer: replies.renewed,
    repeat: 'always',
  });

/** The credential with the end that the API now gives it, and what it says of the host's authorities. */
export const renewed = (
  { ca: _, ...credential }: Credential,
  { expires, ca }: Pick<RenewedGrant, 'expires' | 'ca'>,
  now: Date,
): Credential => ({
  ...credential,
  issued: now,
  expires: new Date(expires),
  ...(ca !== undefined && { ca }),
});
