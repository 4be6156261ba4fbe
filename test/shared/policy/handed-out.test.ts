import { ApiError } from '../../../shared/contract/errors';
import { signToken, verifyToken } from '../../../shared/tokens/fetch-tokens';
import { keyId, newLink, parseLink, seal, unseal } from '../../../shared/tokens/tokens';

const keys = { key: 'n'.repeat(64), older: [] };
const now = 1_800_000_000;

// Written down once: whatever changes, what was mailed or shown before must go on to open.
const mailed = 'YWRhQGxhYi5vcmc.AAAAAAAAAAAAAAAAssssssssssssssssssssssssssssssssVgPq3ShovidnbUPa1IkJ1w';
const forTerminal = 'YWRhQGxhYi5vcmc.AAAAAAAAAAAAAAAAssssssssssssssssssssssssssssssss18czAFhR4FZSRkfRDqlm0g';
const parts = {
  email: 'ada@lab.org',
  id: 'A'.repeat(16),
  hash: '8fd6a6a78f5857d7ba1cfe9033bffeec86da2ba6a4bd60a6f833209d9d3e390d',
};

test('a link that was mailed before is a link still, and says whether a terminal asked', () => {
  expect(parseLink(keys, mailed)).toEqual({ ...parts, terminal: false });
  expect(parseLink(keys, forTerminal)).toEqual({ ...parts, terminal: true });
});

test('a new link is for no terminal unless that is said', () => {
  expect(newLink(keys, 'ada@lab.org').terminal).toBe(false);
  const { link, ...other } = newLink(keys, 'ada@lab.org', true);
  expect([other.terminal, parseLink(keys, link)]).toEqual([true, other]);
});

test('a link with something before or behind it is none', () => {
  for (const text of [`x ${mailed}`, `/${mailed}`, `${mailed}x`, `${mailed} x`])
    expect(parseLink(keys, text)).toBeUndefined();
});

test('a seal that was shown before opens still, and an empty text has one, too', () => {
  const sealed = '-fmoNDU9-MTAEKFVp1AsOT9EguqIMpQhckG8_MAZHRRO0w04SMun1SF47vg';
  expect(unseal(keys, 'GET /rules', sealed)).toBe('ada@lab.org#h#fw');
  expect(unseal(keys, 'GET /rules', seal(keys, 'GET /rules', ''))).toBe('');
});

test('a key keeps its name', () => {
  expect(keyId(keys.key)).toBe('904bb80cc51d');
});

test('a refused token says what is wrong with it, and where to get another', () => {
  const claims = { email: 'ada@lab.org', id: 'A'.repeat(16), expiresAt: now + 100, issuedAt: now };
  const refusal = (token: string, at = now, issuer = 'lab') => {
    try {
      return verifyToken(keys, issuer, token, at);
    } catch (error) {
      return error instanceof ApiError ? error.message : error;
    }
  };
  const token = signToken(keys, 'lab', claims);
  const next = 'Ask for a new link.';
  expect(refusal(token, now + 1000)).toBe(`This token has expired. ${next}`);
  expect(refusal(token, now, 'other')).toBe(`This token is not valid. ${next}`);
  expect(refusal(signToken({ key: 'x'.repeat(64), older: [] }, 'lab', claims))).toBe(
    `This token was not issued here. ${next}`,
  );
});
