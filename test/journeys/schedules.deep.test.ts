import type { ActName } from '../support/schedules/acts';
import { broken, lagging } from '../support/schedules/broken';
import { byChanceOnly, inEveryOrder, newTally, type Scene, withFaults } from '../support/schedules/explore';
import { fixRandomness } from '../support/schedules/randomness';
import { mishapNames, type StartName, startNames } from '../support/schedules/starts';

/** Two who begin at the same time: their outside calls are made in every order, and each call goes wrong in each way. */
const pairs: ActName[][] = [
  ['grant', 'grant 2'],
  ['grant', 'renew'],
  ['grant', 'revoke'],
  ['grant', 'revoke 2'],
  ['grant', 'deny'],
  ['grant', 'deny all'],
  ['grant', 'narrow'],
  ['grant', 'shorten'],
  ['grant', 'no rule'],
  ['grant', 'reap'],
  ['grant', 'reap +59'],
  ['renew', 'revoke'],
  ['renew', 'revoke 2'],
  ['renew', 'deny'],
  ['renew', 'narrow'],
  ['renew -1', 'reap'],
  ['revoke', 'revoke 2'],
  ['revoke', 'deny'],
  ['revoke', 'reap'],
  ['deny', 'reap'],
  ['reap', 'reap 2'],
  ['grant', 'reconcile'],
  ['renew', 'reconcile'],
  ['revoke', 'reconcile'],
  ['reap', 'reconcile'],
  ['reconcile', 'reconcile 2'],
  ['grant by login', 'rotate'],
  ['revoke by login', 'rotate'],
];

/** Three at the same time, in orders by chance. */
const triples: ActName[][] = [
  ['grant', 'grant 2', 'grant 3'],
  ['grant', 'grant 2', 'revoke'],
  ['grant', 'grant 2', 'narrow'],
  ['grant', 'grant 2', 'reap'],
  ['grant', 'renew', 'revoke'],
  ['grant', 'revoke', 'reap'],
  ['grant', 'deny', 'reap'],
  ['grant', 'narrow', 'reap'],
  ['grant', 'no rule', 'revoke'],
  ['renew', 'deny all', 'reap'],
  ['renew -1', 'revoke', 'reap'],
  ['grant', 'grant 2', 'reconcile'],
  ['grant', 'revoke', 'reconcile'],
  ['grant', 'reap', 'reconcile'],
  ['grant by login', 'revoke by login', 'rotate'],
];

const tally = newTally();
let randomness: ReturnType<typeof fixRandomness>;
beforeAll(() => {
  randomness = fixRandomness();
});
afterAll(() => randomness.restore());
function startsOf(actors: readonly ActName[]): StartName[] {
  if (actors.includes('rotate')) return ['nothing', 'in force'];
  return actors.includes('reconcile') ? [...startNames, ...mishapNames] : startNames;
}
const faultsIn = ({ wrong }: typeof tally) => [...wrong].map(([one, order]) => `${one}\n  ${order}`);

test.each(pairs)(
  '%s beside %s: the invariants hold in every order, and wherever one of them ends',
  async (...actors) => {
    const found = newTally();
    for (const from of startsOf(actors)) {
      const calls = await inEveryOrder(found, { actors, from });
      await withFaults(found, { actors, from }, calls, 1);
    }
    expect(faultsIn(found)).toEqual([]);
    add(found);
  },
  120_000,
);

test.each(triples)(
  '%s, %s and %s: the invariants hold in orders by chance',
  async (...actors) => {
    const found = newTally();
    for (const from of startsOf(actors)) await byChanceOnly(found, { actors, from }, 50);
    expect(faultsIn(found)).toEqual([]);
    add(found);
  },
  120_000,
);

test('the index may lag behind a reconciliation', async () => {
  const found = newTally();
  for (const from of ['nothing', 'ended', 'in force', 'a user of an ended grant'] as const)
    await inEveryOrder(found, { actors: ['grant', 'reconcile'], from, through: lagging });
  expect(faultsIn(found)).toEqual([]);
  add(found);
}, 120_000);

const orphan: Scene = { actors: ['grant', 'reconcile'], from: 'a user of no grant' };
test.each<[string, Scene]>([
  ['users.lock', orphan],
  ['users.revokeRoles', orphan],
  ['users.drop', orphan],
  ['users.drop', { ...orphan, actors: ['grant', 'reconcile', 'reconcile 2'] }],
])(
  'a late %s of the reconciliation meets nobody else, in every order',
  async (at, scene) => {
    const found = newTally();
    await inEveryOrder(found, { ...scene, fault: { actor: 'reconcile', at, kind: 'late' } });
    expect(faultsIn(found)).toEqual([]);
    add(found);
  },
  120_000,
);

const besideRevoke: Scene['actors'] = ['grant', 'revoke'];
test.each<[keyof typeof broken, Scene, string]>([
  ['the user before the row', { actors: besideRevoke, from: 'nothing' }, '1'],
  ['a row that is written whatever it has become', { actors: besideRevoke, from: 'nothing' }, '4'],
  [
    'a user that is taken over where the name is taken',
    { actors: besideRevoke, from: 'a foreign user has the name' },
    '5',
  ],
  ['a change that creates the user where it is gone', { actors: ['renew', 'revoke'], from: 'in force' }, '1'],
  ['an index that lags, and is taken for the table', { actors: ['grant', 'reconcile'], from: 'nothing' }, '4'],
  [
    'a lock without an answer that is taken as done',
    { ...orphan, fault: { actor: 'reconcile', at: 'users.lock', kind: 'late' } },
    '4',
  ],
  [
    'a current value that is read only once',
    { actors: ['grant by login', 'rotate'], from: 'nothing' },
    'rotation: the host let nobody in',
  ],
  [
    'a password that is set before its label',
    { actors: ['grant by login', 'rotate'], from: 'nothing' },
    'rotation: no secret opens the host',
  ],
  ['a new password that is not counted', { actors: ['grant', 'renew'], from: 'in force' }, '4: a dead password'],
  ['a new grant that counts its passwords anew', { actors: ['grant'], from: 'ended' }, '4: a dead password'],
  ['a drop that is taken as done', { actors: ['revoke'], from: 'in force' }, '3'],
])('%s is found out', async (name, scene, invariant) => {
  const found = newTally();
  await inEveryOrder(found, { ...scene, through: broken[name] }, 300);
  expect([...found.wrong.keys()].map((one) => one.slice(0, invariant.length))).toContain(invariant);
});

test('that was enough', () => {
  const { orders, ordersWithFaults, crashes, late, unseen, overwritten } = tally;
  process.stdout.write(
    `${orders} orders that do not come to the same, and ${ordersWithFaults} with ${crashes} crash points and ${late} late commands.\n` +
      `In ${unseen} a grant began after a revocation beside it had looked; ` +
      `in ${overwritten} a request that was cut off had the last word on a password.\n`,
  );
  expect(orders + ordersWithFaults).toBeGreaterThanOrEqual(5000);
  expect(crashes).toBeGreaterThanOrEqual(500);
  expect(late).toBeGreaterThanOrEqual(100);
});

function add(found: typeof tally): void {
  tally.orders += found.orders;
  tally.ordersWithFaults += found.ordersWithFaults;
  tally.crashes += found.crashes;
  tally.late += found.late;
  tally.unseen += found.unseen;
  tally.overwritten += found.overwritten;
}
