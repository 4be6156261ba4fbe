import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import jwt from 'jsonwebtoken';
import type { OwnRouteKey } from '../../shared/contract/routes';
import { signToken } from '../../shared/tokens/fetch-tokens';
import { closedRoutes, doors, eventAt, kept, leaked, openDoor, refused, send } from '../support/door';
import { later } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
let claims: jwt.JwtPayload;
let kid = '';
beforeEach(async () => {
  door = await openDoor();
  const read = jwt.decode(door.member, { complete: true });
  claims = typeof read?.payload === 'object' ? read.payload : {};
  kid = read?.header.kid ?? '';
});
afterEach(() => door.stage.close());

const signingKey = 'k'.repeat(64);
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (change: object, options: jwt.SignOptions = {}, key = signingKey) =>
  jwt.sign({ ...claims, ...change }, key, { algorithm: 'HS256', keyid: kid, ...options });
/** A request that would be served, with this header in place of a good one. */
function ask(route: OwnRouteKey, authorization?: string) {
  const { where, valid } = doors[route];
  const input = where === 'body' ? { body: valid } : { query: new URLSearchParams(valid).toString() };
  return send(
    door.stage,
    eventAt(door, route, { ...input, ...(authorization !== undefined && { headers: { authorization } }) }),
  );
}

test('who comes without a token, or with one in any other form, is sent for one, and changes nothing', async () => {
  const { member, stage, secrets } = door;
  const before = await kept();
  const headers = [
    undefined,
    '',
    ' ',
    'Bearer',
    'Bearer ',
    `Bearer${member}`,
    `Bearer\t${member}`,
    ` Bearer ${member}`,
    `Bearer ${member} ${member}`,
    `Bearer ${member},Bearer ${member}`,
    `Basic ${member}`,
    `Basic ${Buffer.from(`you:${member}`).toString('base64')}`,
    `Token ${member}`,
    member,
    `Bearer ${' '.repeat(8192)}`,
    `Bearer a${' '.repeat(8192)}b`,
    `Ｂearer ${member}`,
  ];
  for (const route of closedRoutes)
    for (const header of headers) {
      const reply = await ask(route, header);
      refused([route, header], reply, 401, 'token_missing', /Authorization: Bearer <token>.*ask for a link/);
      expect(reply.headers['www-authenticate']).toBe('Bearer error="token_missing"');
    }
  expect(await kept()).toEqual(before);
  expect(leaked(stage, secrets)).toEqual([]);
});

test('what is no token of ours is refused by every route, and changes nothing', async () => {
  const { member, stage, secrets, link } = door;
  const before = await kept();
  const head = { alg: 'HS256', typ: 'JWT', kid };
  const [, payload = '', signature = ''] = member.split('.');
  const tokens = {
    'no token': 'x',
    'a link': link.slice('/links/'.length),
    '8 KB': 'a'.repeat(8192),
    '8 KB in three parts': `${'a'.repeat(2730)}.${'a'.repeat(2730)}.${'a'.repeat(2730)}`,
    'alg none': `${part({ ...head, alg: 'none' })}.${part(claims)}.`,
    'alg NONE with a signature': `${part({ ...head, alg: 'NONE' })}.${part(claims)}.${signature}`,
    'no alg': `${part({ typ: 'JWT', kid })}.${part(claims)}.${signature}`,
    HS384: sign({}, { algorithm: 'HS384' }),
    HS512: sign({}, { algorithm: 'HS512' }),
    RS256: `${part({ ...head, alg: 'RS256' })}.${payload}.${signature}`,
    'another issuer': sign({ iss: 'mongogrant:other' }),
    'another audience': sign({ aud: 'link' }),
    'no audience': sign({ aud: [] }),
    'the key of the links': sign({}, {}, 'l'.repeat(64)),
    'another key under our name': sign({}, {}, 'x'.repeat(64)),
    'an unknown key': sign({}, { keyid: 'ffffffffffff' }, 'x'.repeat(64)),
    'no key id': jwt.sign(claims, signingKey),
    'another person': `${part(head)}.${part({ ...claims, sub: 'admin@example.com' })}.${signature}`,
    'not yet': sign({ nbf: (claims.exp ?? 0) - 1 }),
    'a payload that is no JSON': `${part(head)}.${Buffer.from('{').toString('base64url')}.${signature}`,
    'a payload that is no object': `${part(head)}.${part('x')}.${signature}`,
    'a header that is no object': `${part(null)}.${payload}.${signature}`,
    'a cut signature': member.slice(0, -2),
    'a NUL': `${member}\0`,
    'other letters': member.replace('e', 'е'),
  };
  for (const route of closedRoutes)
    for (const [name, token] of Object.entries(tokens))
      refused([route, name], await ask(route, `Bearer ${token}`), 401, 'token_invalid', /Ask for a new link/);
  expect(await kept()).toEqual(before);
  expect(leaked(stage, [...secrets, ...Object.values(tokens).filter((token) => token.length > 9)])).toEqual([]);
});

test('a token that speaks of a link that is none, or of another person’s, is refused', async () => {
  const before = await kept();
  const admin = jwt.decode(door.admin);
  const [theirs] = [typeof admin === 'object' ? admin?.jti : undefined];
  for (const change of [{ jti: 'A'.repeat(16) }, { jti: theirs }, { sub: 'nobody@nowhere.org' }])
    for (const route of closedRoutes)
      refused([change, route], await ask(route, `Bearer ${sign(change)}`), 401, 'token_revoked', /Ask for a new link/);
  expect(await kept()).toEqual(before);
});

test('the scheme may be written in any case, with more than one space', async () => {
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'Bearer  '])
    expect([scheme, (await ask('GET /me', `${scheme}${door.member}`)).status]).toEqual([scheme, 200]);
});

test('an expired token is told from a bad one, to the second and five', async () => {
  const { stage, member } = door;
  later(stage, 30 * 86_400 + 4);
  expect((await ask('GET /me', `Bearer ${member}`)).status).toBe(200);
  later(stage, 1);
  const before = await kept();
  for (const route of closedRoutes)
    refused([route], await ask(route, `Bearer ${member}`), 401, 'token_expired', /Ask for a new link/);
  expect(await kept()).toEqual(before);
});

test('a token whose row has come to its end opens nothing, whatever end the token names', async () => {
  const { stage } = door;
  const longer = sign({ exp: (claims.exp ?? 0) + 86_400 });
  later(stage, 30 * 86_400 + 4);
  expect((await ask('GET /me', `Bearer ${longer}`)).status).toBe(200);
  later(stage, 1);
  const before = await kept();
  for (const route of closedRoutes)
    refused([route], await ask(route, `Bearer ${longer}`), 401, 'token_revoked', /Ask for a new link/);
  expect(await kept()).toEqual(before);
});

test('a revoked token opens nothing from the next request on', async () => {
  const { stage, member, admin } = door;
  await stage.ask('DELETE', '/tokens', { token: member });
  const before = await kept();
  for (const route of closedRoutes)
    refused([route], await ask(route, `Bearer ${member}`), 401, 'token_revoked', /Ask for a new link/);
  expect(await kept()).toEqual(before);
  expect((await ask('GET /me', `Bearer ${admin}`)).status).toBe(200);
});

/** Changes the secret, as the rotation does, and lets some seconds pass. */
async function rotate(keys: { key: string; older: string[] }, wait: number): Promise<void> {
  const client = new SecretsManagerClient();
  const SecretString = JSON.stringify(keys);
  await client.send(new PutSecretValueCommand({ SecretId: 'mongogrant/signing-key', SecretString }));
  client.destroy();
  later(door.stage, wait);
}

test('keys rotate with overlap: an older key’s tokens work until it is retired', async () => {
  const { stage, member } = door;
  await rotate({ key: 'n'.repeat(64), older: [signingKey] }, 301);
  expect((await ask('GET /me', `Bearer ${member}`)).status).toBe(200);
  const fresh = await stage.tokenFor('you@example.com');
  expect(jwt.decode(fresh, { complete: true })?.header.kid).not.toBe(kid);
  await rotate({ key: 'n'.repeat(64), older: [] }, 301);
  refused([], await ask('GET /me', `Bearer ${member}`), 401, 'token_invalid', /not issued here/);
  expect((await ask('GET /me', `Bearer ${fresh}`)).status).toBe(200);
});

test('a token of a key that this process has not read yet works, and a forgery does not make it ask without end', async () => {
  const { stage } = door;
  const keys = { key: 'n'.repeat(64), older: [signingKey] };
  const { jti = '', sub = '', exp = 0, iat = 0 } = claims;
  const newest = signToken(keys, 'mongogrant:mongogrant', { email: sub, id: jti, expiresAt: exp, issuedAt: iat });
  await rotate(keys, 11);
  expect((await ask('GET /me', `Bearer ${newest}`)).status).toBe(200);
  const asked = jest.spyOn(SecretsManagerClient.prototype, 'send');
  later(stage, 11);
  for (let n = 0; n < 20; n++) await ask('GET /me', `Bearer ${sign({ n }, { keyid: 'ffffffffffff' })}`);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});
