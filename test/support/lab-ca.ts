import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';

const read = (name: string): string => readFileSync(join(__dirname, 'lab-ca', name), 'utf8');

/** For tests alone, as the key of the server lies beside them: a lab's own authority, one that is over, and what the first signed for localhost, 127.0.0.1 and mongodb03.lab.org. */
export const labCa = { ca: read('ca.pem'), expired: read('expired.pem'), leaf: read('server.pem') };

/** The same key, signed by itself for localhost and 127.0.0.1: good, over, and not yet valid. */
export const selfSigned = {
  good: read('self-signed.pem'),
  expired: read('self-signed-expired.pem'),
  early: read('self-signed-early.pem'),
};

/** What shows that a server is the one that these certificates are for. */
export const labKey = read('server.key');

/** TLS in front of a server on loopback that has none itself, with the certificate that the lab's authority signed. */
export async function startTls(port: number): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Set<{ destroy(): void }>();
  const server = createServer({ key: labKey, cert: labCa.leaf }, (outer) => {
    const inner = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy()).on('close', () => open.delete(one) && other.destroy());
    }
  });
  // Whoever does not trust the certificate hangs up in the middle of it.
  server.on('tlsClientError', () => {});
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of open) socket.destroy();
      }),
  };
}
