import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pageHeaders } from '../../shared/http/page';
import { documents, mails } from './shown-pages';

const bodies: Record<string, string> = { ...documents, ...mails };
const headersOf = (path: string) => (path in mails ? { 'content-type': 'text/html; charset=utf-8' } : pageHeaders);

/**
 * The pages on a little server, without a service behind them. As on the service a link works once; the answer to the
 * button waits until the test lets it go.
 */
export async function startPageSite() {
  let posted = 0;
  const button = new EventEmitter();
  const letGo = once(button, 'let go');
  const server = createServer(async (request, response) => {
    const { url = '' } = request;
    if (request.method !== 'POST') return response.writeHead(200, headersOf(url)).end(bodies[url]);
    posted += 1;
    const first = posted === 1;
    button.emit('pressed');
    await letGo;
    return response.writeHead(first ? 200 : 410, pageHeaders).end(bodies[first ? '/token' : '/used']);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    /** How often the button's form has arrived. */
    posted: () => posted,
    pressed: () => once(button, 'pressed'),
    answer: () => button.emit('let go'),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
