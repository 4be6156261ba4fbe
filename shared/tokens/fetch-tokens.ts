import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { onceForEach } from '../async/once-for-each';
import { ApiError } from '../contract/errors';
import { keyId, type SigningKeys, type TokenClaims } from './tokens';

// Separate from the other secrets: its library is large, and only code that signs or verifies needs it.

const audience = 'fetch';
/** Seconds. */
export const clockTolerance = 5;

/** Signs a fetch token; `issuer` names the stack. */
export function signToken(keys: SigningKeys, issuer: string, claims: TokenClaims & { issuedAt: number }): string {
  const payload = { sub: claims.email, jti: claims.id, iat: claims.issuedAt, exp: claims.expiresAt };
  return jwt.sign(payload, secretKey(keys.key), { algorithm: 'HS256', issuer, audience, keyid: keyId(keys.key) });
}

/** Given as a secret key: for a text the library would first try to read a public key, which costs more than all the rest. */
const secretKey = (key: string) => createSecretKey(Buffer.from(key));

const readyKeys = onceForEach(({ key, older }: SigningKeys) =>
  [key, ...older].map((one) => ({ id: keyId(one), secret: secretKey(one) })),
);

/** Whether one of the keys may have signed this token. Tells a new key that this process has not read from a forgery. */
export const namesKnownKey = (keys: SigningKeys, token: string): boolean => keyOf(keys, token) !== undefined;

/** The claims of a fetch token that one of the keys signed for this issuer; otherwise a 401. `now` is in seconds. */
export function verifyToken(keys: SigningKeys, issuer: string, token: string, now: number): TokenClaims {
  const key = keyOf(keys, token);
  if (!key) throw new ApiError('token_invalid', 'This token was not issued here. Ask for a new link.');
  try {
    const claims = jwt.verify(token, key.secret, {
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
      throw new ApiError('token_expired', 'This token has expired. Ask for a new link.');
  }
  throw new ApiError('token_invalid', 'This token is not valid. Ask for a new link.');
}

function keyOf(keys: SigningKeys, token: string) {
  const kid = keyIdIn(token);
  return readyKeys(keys).find(({ id }) => id === kid);
}

function keyIdIn(token: string): string | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header.kid;
  } catch {
    // The library throws if the payload is no JSON, but not for other invalid tokens.
    return undefined;
  }
}
