import { judge, type Outcome } from '../../bench/load/judge';
import { type Account, type HandedOut, handOut, loseAnswer, revoke } from '../../bench/load/ledger';

const account = (...acts: ((one: Account) => void)[]): Account => {
  const one: Account = { email: 'ada@lab.org', host: 'db', role: 'read', label: 'l0', passwords: [], revoked: false };
  for (const act of acts) act(one);
  return one;
};
const given = (uri: string) => (one: Account) => handOut(one, uri);
const row = { id: 'g1', email: 'ada@lab.org', role: 'read', label: 'l0', username: 'ada', state: 'active' };
const user = { user: 'ada', grant: 'g1' };

/** The kinds of which something is wrong. */
const wrong = (one: Account, working: string[], rest: Partial<Outcome> = {}) => {
  const works = ({ uri }: HandedOut) => working.includes(uri);
  const found = judge({ accounts: [one], rows: [row], users: [user], works, ...rest });
  return Object.keys(found).filter((kind) => found[kind]?.length);
};
const none = { rows: [], users: [] };

test('the newest password works if and only if its grant lives', () => {
  const one = account(given('a'), given('b'));
  expect(wrong(one, ['b'])).toEqual([]);
  expect(wrong(one, [])).toEqual(['passwords that do not work though their grant lives']);
  expect(wrong(one, ['a', 'b'])).toEqual(['passwords that work though they are over']);
  expect(wrong(one, [], none)).toEqual([]);
  expect(wrong(one, ['b'], none)).toEqual(['passwords that work without a grant']);
});

test('after an answer that was lost nobody knows of the newest password, but of those before it', () => {
  const one = account(given('a'), given('b'), loseAnswer);
  expect([wrong(one, ['b']), wrong(one, [])]).toEqual([[], []]);
  expect(wrong(one, ['a'])).toEqual(['passwords that work though they are over']);
  expect(wrong(one, ['b'], none)).toEqual(['passwords that work without a grant']);
});

test('what was said to end has ended, also its grant', () => {
  const one = account(given('a'), revoke);
  expect(wrong(one, [], none)).toEqual([]);
  expect(wrong(one, [])).toEqual(['grants that live though they were said to end']);
  expect(wrong(account(given('a'), revoke, loseAnswer), [])).toEqual([]);
  expect(wrong(account(given('a'), revoke, given('b')), ['b'])).toEqual([]);
});

test('users and grants match one by one, and no grant is left half way', () => {
  const one = account(given('a'));
  expect(wrong(one, ['a'], { users: [user, { user: 'eve', grant: 'g2' }] })).toEqual(['users without a grant']);
  expect(wrong(one, ['a'], { users: [] })).toEqual(['grants without a user']);
  expect(wrong(one, [], { rows: [{ ...row, state: 'ending' }], users: [] })).toEqual([
    'grants that neither live nor ended',
  ]);
});
