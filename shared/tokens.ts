import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ApiError } from './errors';
import { isEmail } from './names';

/** The keys that sign fetch tokens: `key` signs, `older` ones still verify. */
export interface SigningKeys {
  key: string;
  older: string[];
}

/** What a fetch token says. `id` is that of the link from which it came; times are seconds since 1970. */
export interface TokenClaims {
  email: string;
  id: string;
  expiresAt: number;
}

/** One mailed link, taken apart. Only `hash` is stored. */
export interface LinkParts {
  email: string;
  id: string;
  hash: string;
}

const audience = 'fetch';
const clockTolerance = 5;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A new id for a grant, an event or a link: 96 random bits in 16 characters. */
export const newId = (): string => randomBytes(12).toString('base64url');

/** A new one-time link for an address: 192 secret bits. */
export function newLink(email: string): LinkParts & { link: string } {
  const id = newId();
  const secret = randomBytes(24).toString('base64url');
  return { link: `${Buffer.from(email).toString('base64url')}.${id}${secret}`, email, id, hash: sha256(secret) };
}

/** The parts of a link as it came from outside; none for what can't be a link. */
export function parseLink(link: string): LinkParts | undefined {
  const match = /^([A-Za-z0-9_-]{4,340})\.([A-Za-z0-9_-]{16})([A-Za-z0-9_-]{32})$/.exec(link);
  const [, address = '', id = '', secret = ''] = match ?? [];
  const email = Buffer.from(address, 'base64url').toString();
  if (!isEmail(email) || Buffer.from(email).toString('base64url') !== address) return undefined;
  return { email, id, hash: sha256(secret) };
}

/** Compares two hashes in constant time. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** Signs a fetch token; `issuer` names the stack. */
export function signToken(keys: SigningKeys, issuer: string, claims: TokenClaims & { issuedAt: number }): string {
  const payload = { sub: claims.email, jti: claims.id, iat: claims.issuedAt, exp: claims.expiresAt };
  return jwt.sign(payload, keys.key, { algorithm: 'HS256', issuer, audience, keyid: keyId(keys.key) });
}

/** Whether one of the keys may have signed this token: tells a new key that this process has not read yet from a forgery. */
export const namesKnownKey = (keys: SigningKeys, token: string): boolean => keyOf(keys, token) !== undefined;

/** The claims of a fetch token that one of the keys signed for this issuer; a 401 otherwise. `now` is in seconds. */
export function verifyToken(keys: SigningKeys, issuer: string, token: string, now: number): TokenClaims {
  const key = keyOf(keys, token);
  if (!key) throw new ApiError('token_invalid', 'This token was not issued here. Ask for a new link with POST /links.');
  try {
    const claims = jwt.verify(token, key, {
      algorithms: ['HS256'],
      issuer,
      audience,
      clockTolerance,
      clockTimestamp: now,
    });
    if (typeof claims === 'object' && claims.sub && claims.jti && claims.exp)
      return { email: claims.sub, id: claims.jti, expiresAt: claims.exp };
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError)
      throw new ApiError('token_expired', 'This token has expired. Ask for a new link with POST /links.');
  }
  throw new ApiError('token_invalid', 'This token is not valid. Ask for a new link with POST /links.');
}

function keyOf(keys: SigningKeys, token: string): string | undefined {
  const kid = jwt.decode(token, { complete: true })?.header.kid;
  return [keys.key, ...keys.older].find((candidate) => keyId(candidate) === kid);
}

/** Names a key without telling it. */
const keyId = (key: string): string => sha256(`kid:${key}`).slice(0, 12);

/** A MongoDB password: 32 of `[A-Za-z0-9]`, so that it never needs escaping. */
export const newPassword = (): string => Array.from({ length: 32 }, () => letters[randomInt(letters.length)]).join('');

/** A short suffix that is always the same for the same parts. */
export const stableSuffix = (...parts: string[]): string => sha256(parts.join('\n')).slice(0, 6);
