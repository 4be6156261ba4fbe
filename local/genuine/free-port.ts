import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Systems use higher ports for outgoing connections, which could take the port of a server that restarts. MongoDB's own port is lower: a
 * host's name is stored without it, and tests would look for another name.
 */
const [first, last] = [28_000, 32_000];

/** A port of 127.0.0.1 on which nothing listens now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, last);
    if (await isFree(port)) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
