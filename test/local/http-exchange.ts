import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Handler, Handlers } from '../../local/gateway';

/** Sends bytes to a local port, and returns all that comes back until the server closes the connection. */
export async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return (await buffer(socket)).toString();
}

/** The same handler for every function, or one for each of some and a failure for the others. */
export function handlersOf(handler: Handler, own: Partial<Handlers> = {}): Handlers {
  return {
    'request-link': handler,
    'redeem-link': handler,
    'grant-credentials': handler,
    grants: handler,
    revoke: handler,
    rules: handler,
    audit: handler,
    ...own,
  };
}
