import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** Of the authority that signed the server's certificate. */
  caFile: string;
  /** The server's key and certificate, for 127.0.0.1 and localhost. */
  serverFile: string;
}

/** An authority made for one test, and a server's certificate of it, in a folder of the test. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => run('openssl', words);
  const authority = ['-subj', '/CN=mongogrant test authority', '-keyout', path('ca.key'), '-out', path('ca.pem')];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...authority);
  const wish = ['-subj', '/CN=localhost', '-keyout', path('server.key'), '-out', path('server.csr')];
  await openssl('req', '-newkey', 'rsa:2048', '-nodes', ...wish);
  await writeFile(path('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signer = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-extfile', path('names')];
  await openssl('x509', '-req', '-in', path('server.csr'), '-out', path('server.crt'), '-days', '2', ...signer);
  const both = await Promise.all([readFile(path('server.key')), readFile(path('server.crt'))]);
  await writeFile(path('server.pem'), Buffer.concat(both), { mode: 0o600 });
  return { caFile: path('ca.pem'), serverFile: path('server.pem') };
}
