import { listGrants } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import type { Credential, Wanted } from '../settings/credentials';
import { obtainCredential } from './obtain-credential';

/**
 * The credential of {@link obtainCredential}, for a caller who hands it on and so never sees MongoDB refuse it. Asks the API whether it
 * still knows the credential from the settings file, and gets a new one if it does not.
 */
export async function confirmedCredential(deps: ClientContext, wanted: Wanted): Promise<Credential> {
  const began = deps.now();
  const credential = await obtainCredential(deps, wanted);
  const isNew = credential.issued !== undefined && credential.issued >= began;
  return isNew || (await isInForce(deps, credential)) ? credential : obtainCredential(deps, wanted, credential);
}

/** True also if nobody can tell: somebody else gave the credential, or the API does not answer. */
async function isInForce(deps: ClientContext, credential: Credential): Promise<boolean> {
  const { host, db, role, username, endpoint } = credential;
  if (endpoint === undefined) return true;
  try {
    const [remote] = usableRemotes(await deps.file.read(), endpoint);
    const api = { ...deps.apiOf(remote), tries: 1 };
    const grants = await listGrants(api, { host, db });
    return grants.some(
      (grant) => grant.role === role && grant.username === username && grant.state === 'active' && !grant.lost,
    );
  } catch (failure) {
    if (!isMongograntError(failure)) throw failure;
    deps.warn(`This login is from ${endpoint}, which could not be asked whether it is still good. ${failure.message}`);
    return true;
  }
}
