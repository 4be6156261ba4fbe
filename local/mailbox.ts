import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import startSes from 'aws-ses-v2-local';
import { clearStore } from 'aws-ses-v2-local/dist/store';
import { type Listening, onLoopback } from './loopback';

/** Starts a mailbox that accepts SES calls and shows the mails: a page at `/`, JSON at `/store`. */
export async function startMailbox({ port }: { port: number }): Promise<Listening> {
  // If this were set, mails would leave this machine.
  delete process.env.SMTP_TRANSPORT;
  // The package has one store for the whole process, and a new mailbox must be empty.
  clearStore();
  const page = await pageWithLinks();
  return onLoopback(port, 'MAIL_PORT', async (free) => servePage(await bindSes(free), page));
}

/** Its web framework calls back as if it worked even if listening fails, so this checks. */
async function bindSes(port: number): Promise<Server> {
  const server = await startSes({ host: '127.0.0.1', port });
  if (server.listening) return server;
  throw Object.assign(new Error(`Port ${port} is taken`), { code: 'EADDRINUSE' });
}

// The package shows mails in a frame, and mongogrant's pages refuse frames: links in a mail must open a new tab.
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

/** Serves the page instead of the package's own, and leaves everything else unchanged. */
function servePage(server: Server, page: string): Server {
  const [answer] = server.listeners('request');
  server.removeAllListeners('request');
  return server.on('request', (request, response) => {
    if (request.method === 'GET' && request.url === '/')
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    else answer?.call(server, request, response);
  });
}
