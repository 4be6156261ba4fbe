import { trimmed } from './api/endpoint';
import { MongograntError } from './mongogrant-error';
import type { Remote, Settings } from './settings/settings-schema';

/** The remotes that can be asked, in their order: those with a token, or only the one that is named. */
export function usableRemotes(settings: Settings, endpoint?: string): [Remote, ...Remote[]] {
  const meant = settings.fetch.remotes.filter(
    (remote) => endpoint === undefined || sameEndpoint(remote.endpoint, endpoint),
  );
  const [first, ...others] = meant.filter(({ token }) => token !== '');
  if (first) return [first, ...others];
  const at = endpoint ?? meant[0]?.endpoint;
  throw new MongograntError(
    'token_missing',
    `There is no token${at === undefined ? '' : ` for ${at}`} yet. Get one: mgrant login you@lab.org --endpoint ${at ?? 'URL'}`,
  );
}

/** The settings with this token for this endpoint. A new endpoint comes last. */
export function withRemote(settings: Settings, endpoint: string, token: string): Settings {
  const { remotes } = settings.fetch;
  const known = remotes.some((remote) => sameEndpoint(remote.endpoint, endpoint));
  const changed = remotes.map((remote) => (sameEndpoint(remote.endpoint, endpoint) ? { ...remote, token } : remote));
  const all = known ? changed : [...remotes, { endpoint: trimmed(endpoint), token }];
  return { ...settings, fetch: { ...settings.fetch, remotes: all } };
}

export const sameEndpoint = (a: string, b: string): boolean => trimmed(a) === trimmed(b);
