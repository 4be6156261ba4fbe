import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ApiError } from '../../../shared/contract/errors';
import { namesKnownKey, signToken, verifyToken } from '../../../shared/tokens/fetch-tokens';
import {
  newId,
  newLink,
  newPassword,
  newVersion,
  parseLink,
  sameHash,
  seal,
  shortHash,
  unseal,
} from '../../../shared/tokens/tokens';

const keys = { key: 'n'.repeat(64), older: ['o'.repeat(64)] };
const issuer = 'mongogrant:lab';
const now = 1_800_000_000;
const claims = { email: 'ada@lab.org', id: 'A'.repeat(16), expiresAt: now + 100 };
const signed = signToken(keys, issuer, { ...claims, issuedAt: now });
const header: jwt.JwtHeader = { alg: '', ...jwt.decode(signed, { complete: true })?.header };

const verify = (token: string, at = now, with_ = keys) => verifyToken(with_, issuer, token, at);
function codeOf(token: string, at = now, with_ = keys): string {
  try {
    verify(token, at, with_);
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
  return 'verified';
}
const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const body = { sub: claims.email, jti: claims.id, iat: now, exp: now + 100, iss: issuer, aud: 'fetch' };
/** Signed with the right key, but with another payload or header. */
const forged = (payload: object, options: jwt.SignOptions = {}, key = keys.key) =>
  jwt.sign(JSON.parse(JSON.stringify({ ...body, ...payload })), key, {
    algorithm: 'HS256',
    keyid: header.kid,
    ...options,
  });

test('a token says who, which link and until when, and no more', () => {
  expect(verify(signed)).toEqual(claims);
  expect(jwt.decode(signed)).toEqual(body);
  expect(header).toEqual({ alg: 'HS256', typ: 'JWT', kid: expect.stringMatching(/^[0-9a-f]{12}$/) });
});

test('the name of a key tells nothing of the key', () => {
  expect(createHash('sha256').update(keys.key).digest('hex')).not.toContain(header.kid);
  expect(keys.key).not.toContain(header.kid);
});

test('a token ends at its end, with five seconds for clocks that differ', () => {
  expect([claims.expiresAt + 4, claims.expiresAt + 5].map((at) => codeOf(signed, at))).toEqual([
    'verified',
    'token_expired',
  ]);
});

test('a token of an older key verifies until the key is retired', () => {
  const [older = ''] = keys.older;
  const token = signToken({ key: older, older: [] }, issuer, { ...claims, issuedAt: now });
  expect(verify(token)).toEqual(claims);
  expect(codeOf(token, now, { ...keys, older: [] })).toBe('token_invalid');
  expect([namesKnownKey(keys, token), namesKnownKey({ ...keys, older: [] }, token)]).toEqual([true, false]);
});

test('the newest key signs', () => {
  expect(codeOf(signed, now, { key: keys.key, older: [] })).toBe('verified');
});

test.each([
  ['another issuer', forged({ iss: 'mongogrant:other' })],
  ['another audience', forged({ aud: 'link' })],
  ['two audiences, none of them ours', forged({ aud: ['link', 'x'] })],
  ['HS512', forged({}, { algorithm: 'HS512' })],
  ['no key id', jwt.sign(body, keys.key)],
  ['an unknown key id', forged({}, { keyid: 'ffffffffffff' })],
  ['the id of a key that did not sign it', forged({}, {}, 'x'.repeat(64))],
  ['the id of the new key, signed with the older', forged({}, {}, keys.older[0])],
  ['algorithm none', `${part({ alg: 'none', typ: 'JWT', kid: header.kid })}.${part(body)}.`],
  ['algorithm None', `${part({ alg: 'None', typ: 'JWT', kid: header.kid })}.${part(body)}.AAAA`],
  ['RS256 with the key as its public key', `${part({ ...header, alg: 'RS256' })}.${part(body)}.AAAA`],
  ['not yet valid', forged({ nbf: now + 100 })],
  ['no subject', forged({ sub: undefined })],
  ['no link', forged({ jti: undefined })],
  ['no end', forged({ exp: undefined })],
  ['another payload', signed.replace(/\.[^.]+\./, `.${part({ ...body, sub: 'eve@lab.org' })}.`)],
  ['a cut signature', signed.slice(0, -1)],
  ['no signature', signed.replace(/[^.]+$/, '')],
  ['four parts', `${signed}.${signed}`],
  ['an empty text', ''],
  ['no token', 'secret'],
  ['dots', '..'],
  ['a payload that is no JSON', `${part(header)}.${part('{')}.AAAA`],
  ['a payload that is null', `${part(header)}.${part('null')}.AAAA`],
  ['a payload that is a list', `${part(header)}.${part([])}.AAAA`],
  ['a header that is null', `${part('null')}.${part(body)}.AAAA`],
  ['a header that is a text', `${part('"x"')}.${part(body)}.AAAA`],
  ['a header that is a list', `${part([])}.${part(body)}.AAAA`],
  ['a key id that is an object', `${part({ ...header, kid: {} })}.${part(body)}.AAAA`],
  ['8 KB', 'a'.repeat(8192)],
  ['a NUL', `${signed}\0`],
])('not a token: %s', (_, token) => {
  expect(codeOf(token)).toBe('token_invalid');
});

test('a link can be taken apart into what is stored of it', () => {
  const { link, ...parts } = newLink(keys, 'ada@lab.org');
  expect(parseLink(keys, link)).toEqual(parts);
  expect(parts.hash).toMatch(/^[0-9a-f]{64}$/);
  const secret = link.slice(-54, -22);
  expect(JSON.stringify(parts)).not.toContain(secret);
  expect(link).toMatch(/^[A-Za-z0-9_.-]+$/);
});

test('every link has its own secret and its own id', () => {
  const links = Array.from({ length: 1000 }, () => newLink(keys, 'ada@lab.org'));
  expect(new Set(links.map(({ id }) => id)).size).toBe(1000);
  expect(new Set(links.map(({ hash }) => hash)).size).toBe(1000);
});

test('a link that an older key signed is a link still', () => {
  const { link, ...parts } = newLink({ key: 'o'.repeat(64), older: [] }, 'ada@lab.org');
  expect(parseLink(keys, link)).toEqual(parts);
});

const genuine = newLink(keys, 'ada@lab.org').link;
const [address = '', rest = ''] = genuine.split('.');
const flip = (at: number) => `${genuine.slice(0, at)}${genuine[at] === 'B' ? 'C' : 'B'}${genuine.slice(at + 1)}`;
test.each([
  ['nothing', ''],
  ['no address', `.${rest}`],
  ['another address', `${part('eve@lab.org')}.${rest}`],
  ['another id', flip(genuine.length - 60)],
  ['another secret', flip(genuine.length - 30)],
  ['another signature', flip(genuine.length - 10)],
  ['the signature of a key that is not ours', newLink({ key: 'x'.repeat(64), older: [] }, 'ada@lab.org').link],
  ['padded base64', `${address}=.${rest}`],
  ['a short secret', `${address}.${rest.slice(1)}`],
  ['a long secret', `${address}.${rest}A`],
  ['a path', `${address}.${rest}/..`],
  ['a line end', `${address}.${rest}\n`],
  ['a megabyte', 'A'.repeat(1_000_000)],
])('not a link: %s', (_, link) => {
  expect(parseLink(keys, link)).toBeUndefined();
});

test('hashes are compared by their whole text', () => {
  const hash = newLink(keys, 'a@lab.org').hash;
  expect(sameHash(hash, hash)).toBe(true);
  expect(sameHash(hash, `${hash.slice(0, -1)}${hash.endsWith('0') ? '1' : '0'}`)).toBe(false);
  expect(sameHash(hash, hash.slice(0, -1))).toBe(false);
  expect(sameHash(hash, '')).toBe(false);
});

test('passwords are 32 letters and digits, all of them used, none twice', () => {
  const passwords = Array.from({ length: 500 }, newPassword);
  for (const password of passwords) expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(new Set(passwords).size).toBe(500);
  expect(new Set(passwords.join('')).size).toBe(62);
});

test('ids are 16 characters that need no escaping', () => {
  expect(newId()).toMatch(/^[A-Za-z0-9_-]{16}$/);
});

test('a short hash is always the same for one id, and another one for another', () => {
  expect(shortHash('a')).toBe(shortHash('a'));
  expect(shortHash('a')).toMatch(/^[0-9a-f]{6}$/);
  expect(shortHash('a')).not.toBe(shortHash('b'));
});

test('a seal opens with its keys and for its purpose only, and says nothing of what is in it', () => {
  const keys = { key: 'k'.repeat(64), older: [] };
  const sealed = seal(keys, 'GET /rules', 'ada@lab.org#h#fw');
  expect(sealed).not.toContain(Buffer.from('ada').toString('base64url'));
  expect(seal(keys, 'GET /rules', 'ada@lab.org#h#fw')).not.toBe(sealed);
  expect(unseal(keys, 'GET /rules', sealed)).toBe('ada@lab.org#h#fw');
  expect(unseal({ key: 'n'.repeat(64), older: [keys.key] }, 'GET /rules', sealed)).toBe('ada@lab.org#h#fw');
  expect(unseal(keys, 'GET /audit', sealed)).toBeUndefined();
  expect(unseal({ key: 'n'.repeat(64), older: [] }, 'GET /rules', sealed)).toBeUndefined();
  for (const other of ['', 'x', sealed.slice(0, -1), sealed.slice(1), `${sealed}A`, 'A'.repeat(80)])
    expect([other, unseal(keys, 'GET /rules', other)]).toEqual([other, undefined]);
});

test('the first version of something does not come again', () => {
  const versions = Array.from({ length: 1000 }, newVersion);
  expect(new Set(versions).size).toBe(1000);
  expect(versions.every((version) => Number.isSafeInteger(version) && version > 0)).toBe(true);
});

test('no id looks like an option of a command', () => {
  const ids = Array.from({ length: 5000 }, newId);
  expect(ids.filter((id) => id.startsWith('-'))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});
