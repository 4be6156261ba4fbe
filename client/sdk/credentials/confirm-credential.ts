import { listGrants } from '../calls/grants';
import { isMongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import type { Credential, Wanted } from '../settings/credentials';
import { type ObtainDeps, obtainCredential } from './obtain-credential';

/**
 * The credential for a place and a label, as {@link obtainCredential} has it, for whoever hands it on and never hears MongoDB refuse it:
 * one from the settings file is looked up at the API that gave it, and another one is got if that knows no such grant any more.
 */
export async function confirmedCredential(deps: ObtainDeps, wanted: Wanted): Promise<Credential> {
  const began = deps.now();
  const credential = await obtainCredential(deps, wanted);
  const isNew = credential.issued !== undefined && credential.issued >= began;
  return isNew || (await isInForce(deps, credential)) ? credential : obtainCredential(deps, wanted, credential);
}

/** Also where that can't be told: somebody else may have given it, or the API does not answer. */
async function isInForce(deps: ObtainDeps, credential: Credential): Promise<boolean> {
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
