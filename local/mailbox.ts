import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import startSes from 'aws-ses-v2-local';
import { clearStore } from 'aws-ses-v2-local/dist/store';
import { isSentHere, type Listening, onLoopback } from './loopback';

/** Starts a mailbox that accepts SES calls and shows the mails: our page at `/`, JSON at `/store`. */
export async function startMailbox({ port }: { port: number }): Promise<Listening> {
  // If this were set, mails would leave this machine.
  delete process.env.SMTP_TRANSPORT;
  // The package has one store for the whole process, and a new mailbox must be empty.
  clearStore();
  return onLoopback(port, 'MAIL_PORT', async (free) => standBefore(await bindSes(free)));
}

/** Its web framework calls back as if it worked even if listening fails, so this checks. */
async function bindSes(port: number): Promise<Server> {
  const server = await startSes({ host: '127.0.0.1', port });
  if (server.listening) return server;
  throw Object.assign(new Error(`Port ${port} is taken`), { code: 'EADDRINUSE' });
}

const fileOf = (name: string) => readFileSync(join(__dirname, 'mailbox-page', name), 'utf8');
const files: Record<string, { type: string; body: string }> = {
  '/': { type: 'text/html', body: fileOf('page.html') },
  '/mailbox.css': { type: 'text/css', body: fileOf('page.css') },
  '/mailbox.js': { type: 'text/javascript', body: fileOf('page.js') },
};

// A mail brings its own styles, and the frame that shows it inherits this. Nothing else of a mail loads, and no script of it runs.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headersFor = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'cache-control': 'no-store',
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

/** Serves our page before the package's server, and lets no web page of another name read the mails: they hold links. */
function standBefore(server: Server): Server {
  const ses = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const file = request.method === 'GET' ? files[request.url?.split('?')[0] ?? ''] : undefined;
    if (!isSentHere(request)) response.writeHead(403).end('Open this mailbox at http://localhost\n');
    else if (file) response.writeHead(200, headersFor(file.type)).end(file.body);
    else for (const answer of ses) answer.call(server, request, response);
  });
}
