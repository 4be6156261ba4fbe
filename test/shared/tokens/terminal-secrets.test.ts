import { codeHash, newCode, newPoll, parsePoll, plainCode } from '../../../shared/tokens/terminal-secrets';
import { sha256, signatureOf } from '../../../shared/tokens/tokens';

const keys = { key: 'n'.repeat(64), older: ['o'.repeat(64)] };
const link = { email: 'ada@lab.org', id: 'A'.repeat(16) };
const endsAt = 1_800_000_900;
const { poll, hash } = newPoll(keys, link, endsAt);
const [address = '', id = '', end = '', secret = '', signature = ''] = poll.split('.');

test('a code is two groups of four consonants, all of them used, and does not come again', () => {
  const codes = Array.from({ length: 500 }, newCode);
  for (const code of codes) expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  expect(new Set(codes).size).toBe(500);
  expect(new Set(codes.join('')).size).toBe(21);
});

test('what makes no difference in a typed code makes none in its hash', () => {
  for (const typed of ['wdjb mjht', ' WDJB\u2013MJHT\n', 'w-d-j-b-m-j-h-t', 'WDJBMJHT']) {
    expect(plainCode(typed)).toBe('WDJBMJHT');
    expect(codeHash('link', typed)).toBe(codeHash('link', 'WDJB-MJHT'));
  }
  expect(plainCode(' -\u2014 ')).toBe('');
});

test('a code has another hash under every link, and a hash that nobody else has', () => {
  expect(codeHash('link', 'WDJB-MJHT')).toMatch(/^[0-9a-f]{64}$/);
  expect(codeHash('link', 'WDJB-MJHT')).not.toBe(codeHash('other', 'WDJB-MJHT'));
  expect(codeHash('link', 'WDJB-MJHT')).not.toBe(codeHash('link', 'WDJB-MJHX'));
  // Stored hashes must go on being found.
  expect(codeHash('link', 'WDJB-MJHT')).toBe('7aaeed057802eca6e18aafcc85087bebecc3ef8f142d41de2f603a438644da7f');
});

test('a poll secret says whose it is and when it ends, and only its hash is stored', () => {
  expect(parsePoll(keys, poll)).toEqual({ ...link, hash, endsAt });
  expect(hash).toBe(sha256(secret));
  expect(poll).toMatch(/^[\w.-]+$/);
  expect(new Set(Array.from({ length: 100 }, () => newPoll(keys, link, endsAt).hash)).size).toBe(100);
});

test('one that an older key signed is one still, one of a stranger’s key is not', () => {
  expect(parsePoll({ key: 'z'.repeat(64), older: [keys.key] }, poll)).toMatchObject(link);
  expect(parsePoll({ key: 'z'.repeat(64), older: [] }, poll)).toBeUndefined();
});

const sign = (text: string, kind: 'poll' | 'link' = 'poll') => `${text}.${signatureOf(keys.key, kind, text)}`;
test.each([
  ['nothing', ''],
  ['another address', poll.replace(address, Buffer.from('eve@lab.org').toString('base64url'))],
  ['another link', poll.replace(id, 'B'.repeat(16))],
  ['another end', poll.replace(`.${end}.`, '.zzzzzz.')],
  ['another secret', poll.replace(secret, 'B'.repeat(32))],
  ['another signature', poll.replace(signature, 'B'.repeat(22))],
  ['one signed as a link', sign(`${address}.${id}.${end}.${secret}`, 'link')],
  ['a short address', sign(`abc.${id}.${end}.${secret}`)],
  ['a short id', sign(`${address}.${'A'.repeat(15)}.${end}.${secret}`)],
  ['no end', sign(`${address}.${id}..${secret}`)],
  ['a long end', sign(`${address}.${id}.${'1'.repeat(10)}.${secret}`)],
  ['an end in capitals', sign(`${address}.${id}.ABC.${secret}`)],
  ['a long secret', sign(`${address}.${id}.${end}.${secret}A`)],
  ['something before it', `x ${poll}`],
  ['something behind it', `${poll} x`],
  ['a part more', sign(`${address}.${id}.${end}.${secret}.x`)],
])('not a poll secret: %s', (_, text) => {
  expect(parsePoll(keys, text)).toBeUndefined();
});
