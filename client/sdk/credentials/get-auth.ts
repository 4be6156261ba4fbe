import { listGrants } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { readRemotes, usableRemotes } from '../remotes';
import { type Credential, type Wanted, withCredential } from '../settings/credentials';
import type { Place } from '../spec';
import { obtainCredential } from './obtain-credential';
import { type Labelled, wantedBy } from './wanted-by';

export async function getAuth(
  context: ClientContext,
  place: Place,
  { confirm = false, ...how }: Labelled & { confirm?: boolean } = {},
): Promise<Credential> {
  const wanted = await wantedBy(context, place, how);
  return confirm ? confirmedCredential(context, wanted) : obtainCredential(context, wanted);
}

export async function setAuth(
  context: ClientContext,
  place: Place,
  login: { username: string; password: string },
): Promise<void> {
  const wanted = await wantedBy(context, place);
  await context.file.change((settings) => withCredential(settings, { ...wanted.place, ...login }, wanted));
}

/**
 * The credential of {@link obtainCredential}, for a caller who hands it on and so never sees MongoDB refuse it. Asks the API whether it
 * still knows the credential from the settings file, and gets a new one if it does not.
 */
async function confirmedCredential(context: ClientContext, wanted: Wanted): Promise<Credential> {
  const began = context.now();
  const credential = await obtainCredential(context, wanted);
  const isNew = credential.issued !== undefined && credential.issued >= began;
  return isNew || (await isInForce(context, credential)) ? credential : obtainCredential(context, wanted, credential);
}

/** True also if nobody can tell: somebody else gave the credential, or the API does not answer. */
async function isInForce(context: ClientContext, credential: Credential): Promise<boolean> {
  const { host, db, role, username, endpoint } = credential;
  if (endpoint === undefined) return true;
  try {
    const [remote] = usableRemotes(await readRemotes(context.file), endpoint);
    const api = { ...context.apiOf(remote), tries: 1 };
    const grants = await listGrants(api, { host, db });
    return grants.some(
      (grant) => grant.role === role && grant.username === username && grant.state === 'active' && !grant.lost,
    );
  } catch (failure) {
    if (!isMongograntError(failure)) throw failure;
    context.warn(
      `This login is from ${endpoint}, which could not be asked whether it is still good. ${failure.message}`,
    );
    return true;
  }
}
