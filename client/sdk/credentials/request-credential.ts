import { listOwnGrants, type NewGrant, requestGrant } from '../calls/grants';
import type { ClientContext } from '../client-context';
import { defined } from '../defined';
import { isMongograntError, MongograntError } from '../mongogrant-error';
import { usableRemotes } from '../remotes';
import type { Credential, Wanted } from '../settings/credentials';
import type { Remote, Settings } from '../settings/settings-schema';
import type { Place } from '../spec';
import { quick } from './look-up';
import { replacesEverywhere } from './replaced-words';

/**
 * Asks the remotes for a credential, one after the other until one gives it. None hears of what another one said. `told`: whoever asks
 * knows already that the password was replaced.
 */
export async function requestCredential(
  deps: ClientContext,
  settings: Settings,
  { place, label, saysNone, told }: Wanted & { told: boolean },
): Promise<Credential> {
  const failures: { endpoint: string; failure: MongograntError }[] = [];
  for (const remote of usableRemotes(settings.fetch.remotes, await deps.endpoint())) {
    try {
      if (saysNone && !told) await warnOfReplacing(deps, remote, place);
      const grant = await requestGrant(deps.apiOf(remote), { ...place, label, ttl: deps.ttl });
      return { ...credentialOf(grant, place), endpoint: remote.endpoint, issued: deps.now() };
    } catch (failure) {
      if (!isMongograntError(failure)) throw failure;
      failures.push({ endpoint: remote.endpoint, failure });
    }
  }
  throw summary(failures);
}

/** Warns before a password without a label, which everybody shares who uses none, takes the place of another one. */
async function warnOfReplacing(deps: ClientContext, remote: Remote, place: Place): Promise<void> {
  // If it can't be asked this, it says why when it is asked for the login.
  const own = await listOwnGrants(deps.apiOf(remote, quick), place).catch(() => []);
  const one = own.find(({ label, state }) => label === '' && state === 'active');
  if (one && new Date(one.expires) > deps.now()) deps.warn(replacesEverywhere(one));
}

const credentialOf = (
  { username, password, label, expires, uri, ca, passwordVersion }: NewGrant,
  place: Place,
): Credential => ({
  ...place,
  ...defined({ username, password, label, ca, passwordVersion }),
  expires: new Date(expires),
  uri: uri.replace(/\/\/[^@/]*@/, '//'),
});

/** The refusal of the only remote. With several remotes, what each said, with the code of the first that said more than no. */
function summary(failures: { endpoint: string; failure: MongograntError }[]): MongograntError {
  const all = failures.map(({ failure }) => failure);
  const main = all.find(({ code }) => code !== 'not_allowed') ?? all[0];
  if (!main || all.length === 1) return main ?? new MongograntError('token_missing', 'There is no remote to ask.');
  const lines = failures.map(({ endpoint, failure }) => `  ${endpoint}: ${failure.message}`);
  const { status, requestId, retryAfter } = main;
  return new MongograntError(main.code, ['No remote gave a credential.', ...lines].join('\n'), {
    ...{ status, requestId, retryAfter },
    cause: new AggregateError(all, 'What each remote said'),
  });
}
