import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { StartError } from './start-error';
import { systemCode } from './system-error';

export interface Listening {
  port: number;
  close(): Promise<void>;
}

/** Opens an HTTP server on this port of 127.0.0.1 (0: any). Rejects with the system's error. */
export type Bind = (port: number) => Promise<Server>;

const attempts = 5;
const graceMs = 1000;

/**
 * Serves on 127.0.0.1 and, if the machine has it, on ::1 at the same port: `localhost` may mean either. If the port is taken, the error
 * names `variable`, which sets the port.
 */
export async function onLoopback(port: number, variable: string, bind: Bind): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onBoth(port, bind);
    } catch (error) {
      // A port that is free in one family may be taken in the other.
      if (port === 0 && systemCode(error) === 'EADDRINUSE' && attempt < attempts) continue;
      throw portFault(error, port, variable);
    }
  }
}

async function onBoth(port: number, bind: Bind): Promise<Listening> {
  let main: Server | undefined;
  const second = createServer((request, response) => main?.emit('request', request, response));
  const secondPort = await open(second, port, '::1').catch((error: unknown) => {
    if (['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  });
  try {
    main = await bind(secondPort ?? port);
  } catch (error) {
    await shut(second);
    throw error;
  }
  const opened = main;
  return { port: portOf(opened), close: async () => void (await Promise.all([shut(opened), shut(second)])) };
}

/**
 * Whether a request names this machine itself. A web page whose name was pointed here (DNS rebinding) names itself, and a page of another site
 * names its origin.
 */
export function isSentHere({ headers: { host = '', origin } }: Pick<IncomingMessage, 'headers'>): boolean {
  const isHere = (address: string) => {
    const name = URL.canParse(address) ? new URL(address).hostname : '';
    return ['localhost', '127.0.0.1', '[::1]'].includes(name);
  };
  return isHere(`http://${host}`) && (origin === undefined || isHere(origin));
}

export const bindListener =
  (listener: RequestListener): Bind =>
  async (port) => {
    const server = createServer(listener);
    await open(server, port, '127.0.0.1');
    return server;
  };

export async function open(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return portOf(server);
}

/** Ends a server. Requests under way get a moment to finish. */
function shut(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('This server has no port');
  return address.port;
}

/** The message about a port that could not be opened; any other error unchanged. */
export function portFault(error: unknown, port: number, variable: string): unknown {
  const code = systemCode(error);
  if (code === 'EADDRINUSE')
    return new StartError(`${variable}: port ${port} is taken. Free it, or set ${variable} to another port.`);
  if (code === 'EACCES')
    return new StartError(`${variable}: you may not open port ${port}. Set ${variable} to one above 1023.`);
  return error;
}
