import { renewGrant } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import {
  type Credential,
  findCredential,
  keyOf,
  sameCredential,
  type Wanted,
  withCredential,
  withoutCredentials,
} from '../settings/credentials';
import type { Settings } from '../settings/settings-schema';
import { hasEnded, isDue, renewed } from './due';
import { isReplaced, noteGood } from './look-up';
import { replacedElsewhere } from './replaced-words';
import { requestCredential } from './request-credential';

/** A credential that is no good any more, and what to say once there is another one. */
export interface Unfit {
  credential: Credential;
  warning?: string;
}

/**
 * The credential for a place and a label: the one in the settings file, renewed if it ends soon, or a new one. One of all
 * processes with this file asks the API, and the others take what it got.
 *
 * @param unfit another one is got in its place
 */
export async function obtainCredential(deps: ClientContext, wanted: Wanted, unfit?: Unfit): Promise<Credential> {
  const usable = (settings: Settings): Credential | undefined => {
    const credential = findCredential(settings, wanted);
    return credential && !(unfit && sameCredential(credential, unfit.credential)) && !hasEnded(credential, deps.now())
      ? credential
      : undefined;
  };
  const found = usable(await deps.file.read());
  if (found && !isDue(found, deps.now())) return found;
  const alone = async () => {
    const settings = await deps.file.read();
    const credential = usable(settings);
    if (credential && !isDue(credential, deps.now())) return credential;
    const { kept, warning = unfit?.warning }: Renewal = credential
      ? await renewedOrStill(deps, { settings, credential }, wanted)
      : {};
    if (kept) return kept;
    const got = await requestCredential(deps, settings, { ...wanted, told: warning !== undefined });
    if (warning !== undefined) deps.warn(warning);
    return save(deps, got, wanted);
  };
  // A credential that ends soon is good enough for whoever would have to wait.
  return deps.file.alone(keyOf(wanted), alone, async () => usable(await deps.file.read()));
}

/** A credential to go on with; or none, and perhaps what to say of that. */
interface Renewal {
  kept?: Credential;
  warning?: string;
}

/** The credential with a later end. Unchanged if the API can't renew it now; none if the API no longer knows it, or its password. */
async function renewedOrStill(
  deps: ClientContext,
  { settings, credential }: { settings: Settings; credential: Credential },
  wanted: Wanted,
): Promise<Renewal> {
  try {
    const [remote] = usableRemotes(settings.fetch.remotes, credential.endpoint);
    const grant = await renewGrant(deps.apiOf(remote), { ...credential, ttl: deps.ttl });
    if (isReplaced(credential, grant)) return { warning: replacedElsewhere(credential, grant, wanted) };
    return { kept: await save(deps, renewed(credential, grant, deps.now()), wanted) };
  } catch (failure) {
    if (!isMongograntError(failure)) throw failure;
    if (failure.code === 'grant_unknown' || failure.code === 'grant_revoked') return {};
    deps.warn(`A credential that ends soon could not be renewed. ${failure.message}`);
    return { kept: credential };
  }
}

/** Writes down a credential that the service has just given or renewed, and leaves out those that have ended, so that the Python client asks for new ones. */
async function save(deps: ClientContext, credential: Credential, wanted: Wanted): Promise<Credential> {
  noteGood(deps, wanted, credential);
  const tidy = (settings: Settings) => withoutCredentials(settings, (one) => hasEnded(one, deps.now()));
  const settings = await deps.file.change((before) => tidy(withCredential(before, credential, wanted)));
  return findCredential(settings, wanted) ?? credential;
}
