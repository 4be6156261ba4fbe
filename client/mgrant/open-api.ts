import type { ClientDeps } from '../sdk/api/ask-api';
import type { Door } from '../sdk/api/fetch-api';
import { clientContext } from '../sdk/client-context';
import type { ClientOptions } from '../sdk/client-options';
import { firstApi } from '../sdk/remotes';

/** The API behind a door, or behind the first remote that has a token. */
export async function openApi(options: ClientOptions, door?: Door): Promise<ClientDeps> {
  const context = clientContext(options);
  return door ? context.apiOf(door) : firstApi(context);
}
