import { partsSharer } from '../../../shared/mongo/share-parts';
import type { TaggedUser } from '../../../shared/mongo/tagged-user';

const users = (): TaggedUser[] => [
  { user: 'a', db: 'x', roles: [{ role: 'read', db: 'x' }], cidrs: ['10.0.0.0/8'], tag: { grant: 'g1', stack: 's' } },
  { user: 'b', db: 'x', roles: [{ role: 'read', db: 'x' }], cidrs: ['10.0.0.0/8'], tag: { grant: 'g2', stack: 's' } },
  { user: 'c', db: 'y', roles: [], cidrs: 'other', tag: { grant: 'g3', stack: 's', email: 'a@lab.org', label: 7 } },
  { user: 'd', db: 'y', roles: [], tag: { grant: 'g4', stack: 's', expires: '1970-01-01T00:00:00.000Z' } },
  { user: 'e', db: 'y', roles: [], tag: { grant: 'g5', stack: 's', expires: new Date(0) } },
];

test('users stay what they are', () => {
  expect(users().map(partsSharer())).toEqual(users());
  expect(users().map(partsSharer())[3]).not.toHaveProperty('cidrs');
});

test('what is equal is kept once', () => {
  const [a, b, c] = users().map(partsSharer());
  expect([a?.roles === b?.roles, a?.cidrs === b?.cidrs, a?.roles === c?.roles]).toEqual([true, true, false]);
});
