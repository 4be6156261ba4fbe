import { listOwnGrants } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { isMongograntError } from '../mongogrant-error';
import { readRemotes, usableRemotes } from '../remotes';
import type { Grant } from '../replies';
import { type Credential, keyOf, sameCredential, type Wanted } from '../settings/credentials';
import type { Look, Standing } from './standing';

/** For questions that nobody should wait for: a held login is good enough. In milliseconds. */
export const quick = { tries: 1, timeout: 10_000 };

/**
 * Asks the service whether it still knows a credential, and its password: once for each credential, or again; then only requests of the
 * same moment share the answer.
 */
export function lookUp(
  context: ClientContext,
  { wanted, credential, again }: { wanted: Wanted; credential: Credential; again: boolean },
): Promise<Standing> {
  const key = keyOf(wanted);
  const known = context.looks.get(key);
  if (known && sameCredential(known.credential, credential) && !(again && known.over)) return known.standing;
  const begun: Look = { credential, standing: look(context, credential), over: false };
  context.looks.set(key, begun);
  return begun.standing.finally(() => {
    begun.over = true;
  });
}

/** Where the settings do not tell which service gave it, the only one is asked. */
async function look(context: ClientContext, credential: Credential): Promise<Standing> {
  const isOurs = credential.endpoint !== undefined;
  try {
    const remotes = await readRemotes(context.file);
    if (!isOurs && remotes.length !== 1) return { state: 'unknown' };
    const [remote] = usableRemotes(remotes, credential.endpoint);
    const own = await listOwnGrants(context.apiOf(remote, quick), credential);
    const known = own.filter(({ username }) => username === credential.username);
    // What the Python client wrote may be the service's, or of somebody who set it by hand.
    if (!isOurs && known.length === 0) return { state: 'unknown' };
    const grant = known.find(({ state }) => state === 'active');
    if (!grant || grant.lost) return { state: 'gone' };
    return isReplaced(credential, grant) ? { state: 'replaced', grant } : { state: 'good' };
  } catch (failure) {
    if (!isMongograntError(failure)) throw failure;
    return { state: 'unknown', ...(isOurs && { failure }) };
  }
}

/** Notes that the service has just said that this credential is good. */
export const noteGood = ({ looks }: ClientContext, wanted: Wanted, credential: Credential): void =>
  void looks.set(keyOf(wanted), { credential, standing: Promise.resolve({ state: 'good' }), over: true });

/** Whether the service has given another password since. Nobody knows that of a credential, or a service, of release 0.1.0. */
export const isReplaced = (
  { passwordVersion: held }: Credential,
  { passwordVersion: now }: Pick<Grant, 'passwordVersion'>,
): boolean => held !== undefined && now !== undefined && held !== now;
