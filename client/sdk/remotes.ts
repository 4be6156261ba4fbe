import type { ClientDeps } from './api/ask-api';
import { checkEndpoint, sameEndpoint, trimmed } from './api/endpoint';
import { checkToken } from './api/fetch-api';
import type { ClientContext } from './client-context';
import { MongograntError } from './mongogrant-error';
import type { SettingsFile } from './settings/settings-file';
import type { Remote } from './settings/settings-schema';

/** The remotes that can be asked, in their order: those with a token, or only the one that is named. */
export function usableRemotes(remotes: readonly Remote[], endpoint?: string): [Remote, ...Remote[]] {
  const meant = remotes.filter((remote) => endpoint === undefined || sameEndpoint(remote.endpoint, endpoint));
  const [first, ...others] = meant.filter(({ token }) => token !== '');
  if (first) return [first, ...others];
  const at = endpoint ?? meant[0]?.endpoint;
  throw new MongograntError(
    'token_missing',
    `There is no token${at === undefined ? '' : ` for ${at}`} yet. Get one: mgrant login you@lab.org --endpoint ${at ?? 'URL'}`,
  );
}

/** The API of the first remote that has a token, or of the one that the client was made for. */
export async function firstApi({ file, apiOf, endpoint }: ClientContext): Promise<ClientDeps> {
  const [remote] = usableRemotes(await readRemotes(file), await endpoint());
  return apiOf(remote);
}

export const readRemotes = async (file: SettingsFile): Promise<Remote[]> => (await file.read()).fetch.remotes;

export async function setRemote(
  { file, allowHttp }: Pick<ClientContext, 'file' | 'allowHttp'>,
  endpoint: string,
  token: string,
): Promise<void> {
  checkEndpoint(endpoint, allowHttp);
  if (token !== '') checkToken(token);
  await file.change((settings) => {
    const { remotes } = settings.fetch;
    const known = remotes.some((remote) => sameEndpoint(remote.endpoint, endpoint));
    const changed = remotes.map((remote) => (sameEndpoint(remote.endpoint, endpoint) ? { ...remote, token } : remote));
    const all = known ? changed : [...remotes, { endpoint: trimmed(endpoint), token }];
    return { ...settings, fetch: { ...settings.fetch, remotes: all } };
  });
}

export async function removeRemote(file: SettingsFile, endpoint: string): Promise<void> {
  await file.change((settings) => {
    const remotes = settings.fetch.remotes.filter((remote) => !sameEndpoint(remote.endpoint, endpoint));
    return { ...settings, fetch: { ...settings.fetch, remotes } };
  });
}
