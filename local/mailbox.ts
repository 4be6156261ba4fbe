import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import startSes from 'aws-ses-v2-local';
import { clearStore } from 'aws-ses-v2-local/dist/store';
import { type Listening, onLoopback } from './loopback';

/** Starts a mailbox that takes SES calls and shows the mails: a page at `/`, JSON at `/store`. */
export async function startMailbox({ port }: { port: number }): Promise<Listening> {
  // Mails would leave this machine if this were set.
  delete process.env.SMTP_TRANSPORT;
  // The package keeps one store for the whole process: a new mailbox is empty all the same.
  clearStore();
  const page = await pageWithLinks();
  return onLoopback(port, 'MAIL_PORT', async (free) => servePage(await bindSes(free), page));
}

/** Its web framework hands an error of listening to the same callback as success, so look which one it was. */
async function bindSes(port: number): Promise<Server> {
  const server = await startSes({ host: '127.0.0.1', port });
  if (server.listening) return server;
  throw Object.assign(new Error(`Port ${port} is taken`), { code: 'EADDRINUSE' });
}

// The package shows a mail in a frame, and mongogrant's pages refuse to be shown in one: a mail's links need a tab of their own.
const script = `<script>
new MutationObserver(() => {
  for (const { contentDocument: mail } of document.querySelectorAll('iframe')) {
    if (mail && !mail.querySelector('base')) mail.head.append(Object.assign(mail.createElement('base'), { target: '_blank' }));
  }
}).observe(document.getElementById('content'), { childList: true });
</script>`;

async function pageWithLinks(): Promise<string> {
  const page = await readFile(require.resolve('aws-ses-v2-local/static/index.html'), 'utf8');
  return page.replace('</body>', `${script}</body>`);
}

/** The page in place of the package's own; everything else as it is. */
function servePage(server: Server, page: string): Server {
  const [answer] = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    if (request.method === 'GET' && request.url === '/')
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    else answer?.call(server, request, response);
  });
}
