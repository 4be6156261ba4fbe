import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from 'node:crypto';

/** Keys that sign fetch tokens, or links: `key` signs; the `older` ones still verify. */
export interface SigningKeys {
  key: string;
  older: string[];
}

/** The claims of a fetch token. `id` is that of its link; times are seconds since 1970. */
export interface TokenClaims {
  email: string;
  id: string;
  expiresAt: number;
}

/** The parts of a mailed link. Only `hash` is stored. */
export interface LinkParts {
  email: string;
  id: string;
  hash: string;
  /** Whether it asks for a terminal's code. The signature covers this, so no look into the table is needed. */
  terminal: boolean;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A new id for a grant, an event or a link: 16 random characters. None begins with a dash, which a command line takes for an option. */
export function newId(): string {
  const id = randomBytes(12).toString('base64url');
  return id.startsWith('-') ? newId() : id;
}

/** The first version of a stored item. Not 1: after a removal an old version must not come back. */
export const newVersion = (): number => randomInt(1, 2 ** 40);

/** A new one-time link for an address: 192 secret bits, signed, so that a forged link causes no read and leaves no trace. */
export function newLink(keys: SigningKeys, email: string, terminal = false): LinkParts & { link: string } {
  const id = newId();
  const secret = randomBytes(24).toString('base64url');
  const address = Buffer.from(email).toString('base64url');
  const signature = signatureOf(keys.key, kindOf(terminal), `${address}.${id}${secret}`);
  return { link: `${address}.${id}${secret}${signature}`, email, id, hash: sha256(secret), terminal };
}

/** The parts of a link from outside; none if it was never mailed. */
export function parseLink(keys: SigningKeys, link: string): LinkParts | undefined {
  const match = /^([A-Za-z0-9_-]{4,340})\.([A-Za-z0-9_-]{16})([A-Za-z0-9_-]{32})([A-Za-z0-9_-]{22})$/.exec(link);
  const [, address = '', id = '', secret = '', signature = ''] = match ?? [];
  const terminal = [false, true].find((one) => signedAs(keys, kindOf(one), `${address}.${id}${secret}`, signature));
  if (terminal === undefined) return undefined;
  return { email: Buffer.from(address, 'base64url').toString(), id, hash: sha256(secret), terminal };
}

const kindOf = (terminal: boolean): Signed => (terminal ? 'terminal' : 'link');

/** What the link key signs. A signature for one kind is invalid for the others. */
type Signed = 'link' | 'terminal' | 'poll';

export const signatureOf = (key: string, kind: Signed, text: string): string =>
  createHmac('sha256', key).update(`${kind}:${text}`).digest().subarray(0, 16).toString('base64url');

/** Whether one of the keys signed this text as this kind. */
export const signedAs = ({ key, older }: SigningKeys, kind: Signed, text: string, signature: string): boolean =>
  [key, ...older].some((one) => sameHash(signatureOf(one, kind, text), signature));

/** Compares two hashes in constant time. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Whether the text is one of these keys. */
export const isOneOf = ({ key, older }: SigningKeys, text: string): boolean =>
  [key, ...older].some((one) => sameHash(sha256(one), sha256(text)));

/** A MongoDB password: 32 of `[A-Za-z0-9]`, so that it never needs escaping. */
export const newPassword = (): string => Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join('');

/** Names a key without revealing it. */
export const keyId = (key: string): string => sha256(`kid:${key}`).slice(0, 12);

/** Six characters by which people can tell ids apart. */
export const shortHash = (id: string): string => sha256(id).slice(0, 6);

/** A text that nobody else can read or make, and that opens only for the same purpose (AES-256-GCM). */
export function seal(keys: SigningKeys, purpose: string, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(keys.key), nonce).setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** The text in a seal; none if it was not sealed here for this purpose. */
export function unseal({ key, older }: SigningKeys, purpose: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < 28) return undefined;
  const [nonce, text, tag] = [bytes.subarray(0, 12), bytes.subarray(12, -16), bytes.subarray(-16)];
  for (const one of [key, ...older]) {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(one), nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(text), decipher.final()]).toString();
    } catch {
      // Sealed with another key, for another purpose, or not by us.
    }
  }
  return undefined;
}

const sealingKey = (key: string): Buffer => createHmac('sha256', key).update('seal').digest();
