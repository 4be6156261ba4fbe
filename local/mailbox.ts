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
  return onLoopback(port, 'MAIL_PORT', bindSes);
}

/** Its web framework hands an error of listening to the same callback as success, so look which one it was. */
async function bindSes(port: number): Promise<Server> {
  const server = await startSes({ host: '127.0.0.1', port });
  if (server.listening) return server;
  throw Object.assign(new Error(`Port ${port} is taken`), { code: 'EADDRINUSE' });
}
