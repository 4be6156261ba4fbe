import { compare } from '../../../functions/reconcile/compare';
import { tagOf } from '../../../shared/grants/tag-of';
import type { TaggedUser } from '../../../shared/mongo/tagged-user';
import { eachPageOn } from '../../../shared/store/grants/reads';
import { type ActiveGrant, type Grant, parseGrant } from '../../../shared/store/grants/row';
import { memoryTable } from '../../support/memory-table';
import { seedGrant } from '../../support/seed-grant';

const now = 1_800_000_000;
const here = { user: 'm', db: 'admin', id: 'here' };
const stack = 'mongogrant';

const rowOf = (n: number) => ({
  ...{ id: `g${n}`, email: `p${n}@lab.org`, host: 'h', db: 'a', role: 'read', label: '' },
  ...{ username: `u${n}`, usersDb: 'a', version: 1, issuedAt: now - 60, expiresAt: now + 60, state: 'active' as const },
  ...{ creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [], madeOn: here },
});
const grantOf = (n: number, more: Partial<ActiveGrant> = {}): Grant => parseGrant({ ...rowOf(n), ...more });
const userOf = (grant: Grant, more: Partial<TaggedUser> = {}): TaggedUser => ({
  ...{ user: grant.username, db: grant.usersDb, roles: [{ role: grant.role, db: grant.db }], cidrs: [] },
  ...{ tag: tagOf(grant, stack), ...more },
});

async function* inPages(...pages: Grant[][]): AsyncGenerator<Grant[]> {
  yield* pages;
}
const compared = (users: TaggedUser[], ...pages: Grant[][]) =>
  compare({ users, seen: 'all', stack, here }, inPages(...pages), () => now * 1000);
const nothing = { orphans: [], lost: [], found: [], drifted: [], unstamped: [], leftOut: {} };

test('users meet their grants on whatever page they are', async () => {
  const grants = [0, 1, 2].map((n) => grantOf(n));
  const users = grants.map((grant) => userOf(grant)).reverse();
  expect(await compared(users, ...grants.map((grant) => [grant]))).toEqual(nothing);
});

test('each mismatch is named', async () => {
  const [missing, drifted, elsewhere] = [grantOf(0), grantOf(1), grantOf(2, { madeOn: { ...here, id: 'there' } })];
  const [again, ended] = [grantOf(3, { lostAt: now - 5 }), parseGrant({ ...rowOf(4), state: 'ended' })];
  const orphan = userOf(grantOf(5));
  const users = [drifted, elsewhere, again, ended].map((grant) => userOf(grant));
  users[0] = userOf(drifted, { roles: [] });
  expect(await compared([...users, orphan], [missing, drifted], [elsewhere, again, ended])).toEqual({
    ...nothing,
    lost: [missing],
    drifted: [drifted],
    unstamped: [elsewhere],
    found: [again],
    orphans: [
      { user: userOf(ended), grant: ended },
      { user: orphan, grant: undefined },
    ],
  });
});

test('of several users with one tag only the one with the name of its grant is no orphan', async () => {
  const grant = grantOf(0);
  const [first, second] = [userOf(grant, { user: 'copy' }), userOf(grant, { db: 'b' })];
  expect(await compared([first, userOf(grant), second], [grant])).toEqual({
    ...nothing,
    orphans: [
      { user: first, grant },
      { user: second, grant },
    ],
  });
  expect(await compared([first], [grant])).toMatchObject({ lost: [grant], orphans: [{ user: first, grant }] });
});

test('where it is not known which deployment this is, nothing is to be stamped', async () => {
  const grant = grantOf(0, { madeOn: { ...here, id: 'there' } });
  const side = { users: [userOf(grant)], seen: 'all' as const, stack, here: undefined };
  expect(await compare(side, inPages([grant]), () => now * 1000)).toEqual(nothing);
});

test('pages hold every grant of the host, once', async () => {
  const table = memoryTable();
  for (let n = 0; n < 2300; n++) await seedGrant(table, rowOf(n));
  await seedGrant(table, { ...rowOf(2300), host: 'other' });
  const ids: string[] = [];
  for await (const page of eachPageOn(table, 'h')) ids.push(...page.map(({ id }) => id));
  expect([ids.length, new Set(ids).size, ids.includes('g2300')]).toEqual([2300, 2300, false]);
});
