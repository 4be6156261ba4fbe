import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { BSON, Document } from 'mongodb';
import type { WireClient } from './wire-client';

interface Credentials {
  user: string;
  password: string;
  db: string;
  mechanism?: 'SCRAM-SHA-1' | 'SCRAM-SHA-256';
  /** False for the third, empty round. */
  skipEmptyExchange?: boolean;
}

/** The client's side of a login, step by step, written from RFC 5802 and not with the server's code. */
export class ScramClient {
  private readonly nonce = randomBytes(18).toString('base64');
  private readonly first: string;
  private signed = '';
  private salted = Buffer.alloc(0);

  constructor(private readonly credentials: Credentials) {
    const name = credentials.user.replaceAll('=', '=3D').replaceAll(',', '=2C');
    this.first = `n=${name},r=${this.nonce}`;
  }

  get mechanism(): 'SCRAM-SHA-1' | 'SCRAM-SHA-256' {
    return this.credentials.mechanism ?? 'SCRAM-SHA-256';
  }

  private get hash(): string {
    return this.mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256';
  }

  start(): Document {
    return {
      saslStart: 1,
      mechanism: this.mechanism,
      payload: Buffer.from(`n,,${this.first}`),
      options: { skipEmptyExchange: this.credentials.skipEmptyExchange ?? true },
      $db: this.credentials.db,
    };
  }

  /** The message with the proof, from the server's first one; what is changed is signed as well, as a cheat would. */
  proof(started: Document, change = (unsigned: string) => unsigned): Document {
    const serverFirst = text(started.payload);
    const [, nonce = '', salt = '', count = ''] = /^r=(.+),s=(.+),i=(\d+)$/.exec(serverFirst) ?? [];
    if (!nonce.startsWith(this.nonce)) throw new Error('the server left out the nonce of the client');
    const { user, password } = this.credentials;
    const sha1 = this.mechanism === 'SCRAM-SHA-1';
    const secret = sha1 ? createHash('md5').update(`${user}:mongo:${password}`).digest('hex') : password;
    this.salted = pbkdf2Sync(secret, Buffer.from(salt, 'base64'), Number(count), sha1 ? 20 : 32, this.hash);
    const withoutProof = change(`c=biws,r=${nonce}`);
    this.signed = `${this.first},${serverFirst},${withoutProof}`;
    const clientKey = this.hmac(this.salted, 'Client Key');
    const signature = this.hmac(createHash(this.hash).update(clientKey).digest(), this.signed);
    const proof = Buffer.from(clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))).toString('base64');
    return this.continue(`${withoutProof},p=${proof}`);
  }

  continue(payload: string): Document {
    return { saslContinue: 1, conversationId: 1, payload: Buffer.from(payload), $db: this.credentials.db };
  }

  /** Whether the server has shown that it knows the password too. */
  isServer(reply: Document): boolean {
    return (
      text(reply.payload) === `v=${this.hmac(this.hmac(this.salted, 'Server Key'), this.signed).toString('base64')}`
    );
  }

  private hmac(key: Uint8Array, message: string): Buffer {
    return createHmac(this.hash, key).update(message).digest();
  }
}

/** Logs a bare client in; resolves with the last reply, which may be a refusal. */
export async function login(client: WireClient, credentials: Credentials): Promise<Document> {
  const scram = new ScramClient(credentials);
  const started = await client.command(scram.start());
  return started.ok === 1 ? client.command(scram.proof(started)) : started;
}

function text(payload: BSON.Binary): string {
  return Buffer.from(payload.buffer).subarray(0, payload.position).toString('utf8');
}
