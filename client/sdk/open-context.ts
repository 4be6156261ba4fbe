import { type ClientContext, clientContext } from './client-context';
import type { ClientOptions } from './client-options';
import { type KeepAlive, keepAlive } from './credentials/keep-alive';
import { connect } from './mongo/connect';
import { type OpenClients, openClients } from './mongo/open-clients';

/** A context with connections to MongoDB, and with what keeps their logins alive. */
export interface OpenContext extends ClientContext {
  clients: OpenClients;
  alive: KeepAlive;
}

export function openContext(options: ClientOptions): OpenContext {
  const context = clientContext(options);
  const clients = openClients(connect, options.mongo ?? {});
  return { ...context, clients, alive: keepAlive(context, clients) };
}

export async function closeContext({ clients, alive }: OpenContext): Promise<void> {
  alive.stop();
  await clients.closeAll();
}
