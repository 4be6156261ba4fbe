import type { ClientDeps } from '../api/ask-api';
import type { Door } from '../api/fetch-api';
import { clientContext } from '../client-context';
import type { ClientOptions } from '../client-options';
import { usableRemotes } from '../remotes';

/** The API behind a door, or behind the first remote that has a token. */
export async function openApi(options: ClientOptions, door?: Door): Promise<ClientDeps> {
  const { apiOf, file, endpoint } = clientContext(options);
  return apiOf(door ?? usableRemotes(await file.read(), endpoint)[0]);
}
