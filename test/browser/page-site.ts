import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askAgain, pageHeaders, problemPage, redeemPage, tokenPage } from '../../shared/http/page';

export const token = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiJ5b3VAbGFiLm9yZyJ9'.repeat(9)}.${'SflKxwRJSMeKKF2QT4fw'.repeat(2)}`;
const email = 'patricia.example-researcher@materials.lab.org';
export const origin = 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com';
const expires = '2026-12-24T08:15:00.000Z';

const used = { status: 410, title: 'This link has been used', detail: 'A link works once.', ...askAgain(origin) };
const pages: Record<string, string> = {
  '/redeem': redeemPage({ link: 'abc', email, expires }),
  '/token': tokenPage({ token, email, expires, origin }),
  '/problem': problemPage(used),
};

/**
 * The pages on a little server, without a service behind them. As on the service a link works once; the answer to the
 * button waits until the test lets it go.
 */
export async function startPageSite() {
  let posted = 0;
  const button = new EventEmitter();
  const letGo = once(button, 'let go');
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return response.writeHead(200, pageHeaders).end(pages[request.url ?? '']);
    posted += 1;
    const first = posted === 1;
    button.emit('pressed');
    await letGo;
    return response.writeHead(first ? 200 : 410, pageHeaders).end(pages[first ? '/token' : '/problem']);
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
