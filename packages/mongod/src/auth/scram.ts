import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import saslprep from '@mongodb-js/saslprep';
import { ServerError } from '../values/errors';

export type Mechanism = 'SCRAM-SHA-1' | 'SCRAM-SHA-256';

/** What is kept in place of a password; the keys and the salt in base64. */
export interface Credential {
  iterationCount: number;
  salt: string;
  storedKey: string;
  serverKey: string;
}

/** A login under way: what the client's proof will be checked against. */
export interface Conversation {
  mechanism: Mechanism;
  db: string;
  user: string;
  /** Whether the last, empty round is left out. */
  skipEmptyExchange: boolean;
  /** Whether payloads come as base64 text, and so go back as such. */
  asText: boolean;
  /** True once the proof was right: only the empty round is left. */
  proved: boolean;
  exchange: Exchange;
}

/** The part of a conversation that both sides sign. */
export interface Exchange {
  credential: Credential;
  header: string;
  clientFirst: string;
  serverFirst: string;
  nonce: string;
}

const variants = {
  'SCRAM-SHA-1': { hash: 'sha1', bytes: 20, saltBytes: 16, iterationCount: 10_000 },
  'SCRAM-SHA-256': { hash: 'sha256', bytes: 32, saltBytes: 28, iterationCount: 15_000 },
} as const;

export const mechanisms: readonly Mechanism[] = ['SCRAM-SHA-1', 'SCRAM-SHA-256'];

export function isMechanism(name: unknown): name is Mechanism {
  return mechanisms.some((mechanism) => mechanism === name);
}

const derive = promisify(pbkdf2);

/** What is stored for a password. SHA-1 wants the digest of name and password, SHA-256 the password itself. */
export async function makeCredential(mechanism: Mechanism, secret: string): Promise<Credential> {
  const { hash, bytes, saltBytes, iterationCount } = variants[mechanism];
  const salt = randomBytes(saltBytes);
  const salted = await derive(secret, salt, iterationCount, bytes, hash);
  const clientKey = createHmac(hash, salted).update('Client Key').digest();
  return {
    iterationCount,
    salt: salt.toString('base64'),
    storedKey: createHash(hash).update(clientKey).digest('base64'),
    serverKey: createHmac(hash, salted).update('Server Key').digest('base64'),
  };
}

/** The form of a password that SCRAM-SHA-1 works on. */
export function passwordDigest(user: string, password: string): string {
  return createHash('md5').update(`${user}:mongo:${password}`).digest('hex');
}

/** The form of a password that SCRAM-SHA-256 works on. */
export function preparedPassword(password: string): string {
  try {
    return saslprep(password);
  } catch (error) {
    throw new ServerError(2, `Error preflighting UTF-8 password: ${String(error)}`);
  }
}

interface ClientFirst extends Pick<Exchange, 'nonce' | 'header' | 'clientFirst'> {
  user: string;
}

/** The client's first message taken apart, or undefined if it is malformed. */
export function parseClientFirst(payload: string): ClientFirst | undefined {
  // Channel binding (`p=`) is not offered; `a=` would be a name to act as, which nobody here may choose.
  const match = /^([ny],(?:a=([^,]*))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]{4,}))(?:,.*)?$/s.exec(payload);
  const user = decodeName(match?.[4] ?? '');
  if (match === null || user === undefined) return undefined;
  if (match[2] !== undefined && decodeName(match[2]) !== user) return undefined;
  const [, header = '', , , , nonce = ''] = match;
  return { user, nonce, header, clientFirst: payload.slice(header.length) };
}

function decodeName(name: string): string | undefined {
  if (/=(?!2C|3D)/.test(name)) return undefined;
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** The server's first message, with a nonce of its own behind the client's. */
export function beginExchange({ nonce, header, clientFirst }: ClientFirst, credential: Credential): Exchange {
  const joined = nonce + randomBytes(24).toString('base64');
  const serverFirst = `r=${joined},s=${credential.salt},i=${credential.iterationCount}`;
  return { credential, header, clientFirst, serverFirst, nonce: joined };
}

/** The server's signature if the client's proof is right, else undefined. Which channel it is bound to is not compared. */
export function checkProof(mechanism: Mechanism, exchange: Exchange, payload: string): string | undefined {
  const match = /^(c=[^,]+,r=([^,]+)(?:,[^p][^,]*)*),p=(.+)$/.exec(payload);
  if (match === null) return undefined;
  const [, withoutProof = '', nonce = '', proofText = ''] = match;
  if (nonce !== exchange.nonce) return undefined;

  const { hash, bytes } = variants[mechanism];
  const proof = bytesIn(proofText);
  if (proof.length !== bytes) {
    throw new ServerError(16, `Unsupported ${hash.toUpperCase()}Block hash length: ${proof.length}`);
  }
  const signed = `${exchange.clientFirst},${exchange.serverFirst},${withoutProof}`;
  const storedKey = Buffer.from(exchange.credential.storedKey, 'base64');
  const signature = createHmac(hash, storedKey).update(signed).digest();
  const clientKey = Buffer.from(proof.map((byte, index) => byte ^ (signature[index] ?? 0)));
  if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey)) return undefined;

  const serverKey = Buffer.from(exchange.credential.serverKey, 'base64');
  return `v=${createHmac(hash, serverKey).update(signed).digest('base64')}`;
}

function bytesIn(base64: string): Buffer {
  if (base64.length % 4 !== 0) throw new ServerError(10270, 'invalid base64');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw new ServerError(40537, 'Invalid base64 character');
  return Buffer.from(base64, 'base64');
}
