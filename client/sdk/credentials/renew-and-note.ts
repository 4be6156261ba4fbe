import { renewGrant } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import type { RenewedGrant } from '../replies';
import { findCredential, labelOf, sameCredential, withCredential, withoutCredentials } from '../settings/credentials';
import { parseSpec } from '../spec';
import { renewed } from './due';
import { type Labelled, wantedBy } from './wanted-by';

/** Sets a new end for the grant under a label, and notes it if its credential is here. One that the API no longer knows is forgotten. */
export async function renewAndNote(
  context: ClientContext,
  spec: string,
  { ttl = context.ttl, ...how }: Labelled & { ttl?: string | number | undefined },
): Promise<RenewedGrant> {
  const wanted = await wantedBy(context, parseSpec(spec), how);
  const settings = await context.file.read();
  const credential = findCredential(settings, wanted);
  const endpoint = credential?.endpoint ?? (await context.endpoint());
  const [remote] = usableRemotes(settings.fetch.remotes, endpoint);
  const label = labelOf(credential, wanted);
  const wish = { ...wanted.place, label, ttl };
  const grant = await renewGrant(context.apiOf(remote), wish).catch(async (failure: unknown) => {
    if (credential?.endpoint !== undefined && isMongograntError(failure) && failure.code === 'grant_unknown')
      await context.file.change((before) => withoutCredentials(before, (one) => sameCredential(one, credential)));
    throw failure;
  });
  if (credential?.username === grant.username) {
    const later = { ...renewed(credential, grant, context.now()), label, endpoint: remote.endpoint };
    await context.file.change((before) => withCredential(before, later, wanted));
  }
  return grant;
}
