import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import type { RenewedGrant } from '../replies';
import {
  findCredential,
  sameCredential,
  type Wanted,
  withCredential,
  withoutCredentials,
} from '../settings/credentials';
import { renewCredential, renewed } from './renew-credential';

/** Sets a new end for the grant under a label, and notes it if its credential is here. One that the API no longer knows is forgotten. */
export async function renewGrant(context: ClientContext, wanted: Wanted): Promise<RenewedGrant> {
  const settings = await context.file.read();
  const credential = findCredential(settings, wanted);
  const { endpoint } = credential ?? context;
  const [remote] = usableRemotes(settings, endpoint);
  const grant = await renewCredential(context, remote, { ...wanted.place, label: wanted.label }).catch(
    async (failure: unknown) => {
      if (credential?.endpoint !== undefined && isMongograntError(failure) && failure.code === 'grant_unknown')
        await context.file.change((before) => withoutCredentials(before, (one) => sameCredential(one, credential)));
      throw failure;
    },
  );
  if (credential?.username === grant.username) {
    const later = { ...renewed(credential, grant, context.now()), label: wanted.label, endpoint: remote.endpoint };
    await context.file.change((before) => withCredential(before, later, wanted));
  }
  return grant;
}
