import { clientContext } from './client-context';
import type { ClientOptions } from './client-options';
import { keepAlive } from './credentials/keep-alive';
import { connect } from './mongo/connect';
import { openClients } from './mongo/open-clients';

export type OpenContext = ReturnType<typeof openContext>;

/** A context with connections to MongoDB, and with what keeps their logins alive. */
export function openContext(options: ClientOptions) {
  const context = clientContext(options);
  const clients = openClients(connect, options.mongo ?? {});
  return { ...context, clients, alive: keepAlive(context, clients) };
}

export async function closeContext({ clients, alive }: OpenContext): Promise<void> {
  alive.stop();
  await clients.closeAll();
}
