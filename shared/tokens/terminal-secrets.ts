import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { type SigningKeys, sha256, signatureOf, signedAs } from './tokens';

/** The parts of the secret with which a terminal asks for its token. Only `hash` is stored. */
export interface PollParts {
  email: string;
  /** The id of the link. */
  id: string;
  hash: string;
  /** When the link ends, in seconds since 1970. */
  endsAt: number;
}

// No vowels, so that no words come out.
const consonants = 'BCDFGHJKLMNPQRSTVWXZ';

/** A code for a person to type: 20^8 of them, such as `WDJB-MJHT`. */
export function newCode(): string {
  const letters = Array.from({ length: 8 }, () => consonants[randomInt(consonants.length)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** A typed code without what makes no difference; empty if nothing is left. */
export const plainCode = (typed: string): string => typed.replace(/[\s\p{Pd}]/gu, '').toUpperCase();

/**
 * A code as it is stored. All codes can be tried in seconds, so the hash is keyed with the mailed link. Neither the table nor the link keys
 * hold that, and whoever has it needs no code.
 */
export const codeHash = (link: string, code: string): string =>
  createHmac('sha256', link)
    .update(`code:${plainCode(code)}`)
    .digest('hex');

/** A new poll secret: 192 secret bits. It carries its address and its end, signed, so one for an unknown address needs nothing stored. */
export function newPoll(keys: SigningKeys, link: { email: string; id: string }, endsAt: number) {
  const secret = randomBytes(24).toString('base64url');
  const text = `${Buffer.from(link.email).toString('base64url')}.${link.id}.${endsAt.toString(36)}.${secret}`;
  return { poll: `${text}.${signatureOf(keys.key, 'poll', text)}`, hash: sha256(secret) };
}

/** The parts of a poll secret from outside; none if it was never handed out. */
export function parsePoll(keys: SigningKeys, poll: string): PollParts | undefined {
  const match = /^(([\w-]{4,340})\.([\w-]{16})\.([0-9a-z]{1,9})\.([\w-]{32}))\.([\w-]{22})$/.exec(poll);
  const [, text = '', address = '', id = '', end = '', secret = '', signature = ''] = match ?? [];
  if (!signedAs(keys, 'poll', text, signature)) return undefined;
  const email = Buffer.from(address, 'base64url').toString();
  return { email, id, hash: sha256(secret), endsAt: Number.parseInt(end, 36) };
}
