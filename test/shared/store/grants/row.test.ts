import { shortenGrant } from '../../../../shared/store/grants/changing';
import { beginEnd, finishEnd, markEnding } from '../../../../shared/store/grants/ending';
import { activateGrant, planGrant } from '../../../../shared/store/grants/making';
import { type ActiveGrant, type GrantItem, type PendingGrant, parseGrant } from '../../../../shared/store/grants/row';
import { parseGrants } from '../../../../shared/store/grants/rows';
import { keys } from '../../../../shared/store/keys';
import { memoryTable } from '../../../support/memory-table';
import { seedGrant } from '../../../support/seed-grant';

const now = 1_800_000_000;
const place = { email: 'ada@lab.org', host: 'h', db: 'd', role: 'read', label: '' };
const common = { ...place, id: 'g', username: 'u', usersDb: 'd', version: 1, issuedAt: now, expiresAt: now + 600 };
const pending: PendingGrant = { ...common, state: 'pending', creatingUntil: now + 60, changingUntil: 0, cidrs: [] };
const active: ActiveGrant = { ...common, state: 'active', changingUntil: now + 60, cidrs: [] };
/** Everything that a row can have beside a state. */
const everything: Omit<GrantItem, 'state'> = {
  ...common,
  ...{ creatingUntil: 1, changingUntil: 2, endingUntil: 3, change: 4, cidrs: [], repairUntil: 5, lostAt: 6 },
  ...{ madeOn: { user: 'm', db: 'admin', id: 'i' }, unansweredAt: 7, waitsFor: 'host_unreachable', unaskedSince: 8 },
  ...{ extendedAt: 15, passwordVersion: 16, passwordAt: 17 },
  ...{ dueAt: 9, retryAt: 10, failures: 11, why: 'revoked', by: 'x', remindedOf: 12, endedAt: 13 },
  proof: { at: 14, gone: true, unknownTo: [], refusedBy: [], notAsked: [], leftOut: [] },
};

/** The fields that releases before this one can't do without, with those of the table itself. */
const always = ['pk', 'sk', 'duePk', 'dueAt', 'listPk', 'listSk', 'mark'];
const fields = [...always, ...Object.keys(common), 'state', 'cidrs'];
const numbers = ['creatingUntil', 'changingUntil', 'endingUntil', 'change'];

test.each([pending, active])('the row of a new grant has all that a release before this one reads', async (grant) => {
  const table = memoryTable();
  expect(await planGrant(table, grant, undefined)).toBe(grant);
  const item = (await table.get(keys.grant(grant))) ?? {};
  expect(Object.keys(item).sort()).toEqual([...fields, ...numbers].sort());
  expect(item).toMatchObject({ endingUntil: 0, change: 0 });
  expect(item.dueAt).toBe(grant.state === 'pending' ? grant.creatingUntil : grant.expiresAt);
});

test('a move leaves in the row what the state before had', async () => {
  const table = memoryTable();
  await planGrant(table, pending, undefined);
  const made = await activateGrant(table, pending);
  expect(made).toEqual({ ...active, version: 2, changingUntil: 0, change: 0, dueAt: active.expiresAt });
  const ending = made && (await beginEnd(table, made, { why: 'revoked', by: 'x', now }));
  if (ending?.state === 'begun') await finishEnd(table, ending.grant, { now });
  const item = (await table.get(keys.grant(pending))) ?? {};
  expect(item).toMatchObject({ state: 'ended', creatingUntil: 0, endingUntil: 0, change: 0, why: 'revoked', by: 'x' });
});

const ofAll = ['state', 'changingUntil', 'cidrs', 'extendedAt', 'passwordVersion', 'passwordAt'];
test.each([
  ['pending', ['creatingUntil', 'unansweredAt', 'madeOn', 'dueAt']],
  ['active', ['change', 'repairUntil', 'lostAt', 'remindedOf', 'madeOn', 'dueAt']],
  [
    'ending',
    [
      ...['creatingUntil', 'unansweredAt', 'madeOn', 'dueAt', 'why', 'by'],
      ...['endingUntil', 'waitsFor', 'unaskedSince', 'retryAt', 'failures'],
    ],
  ],
  ['ended', ['why', 'by', 'endedAt', 'proof']],
] as const)('a grant that is %s has the fields of its state alone', (state, own) => {
  const grant = parseGrant({ ...everything, state });
  expect(Object.keys(grant).sort()).toEqual([...Object.keys(common), ...ofAll, ...own].sort());
});

test('a row stays at least until every end that its owner was told', async () => {
  const table = memoryTable();
  const day = 86_400;
  for (const [life, kept] of [
    [30 * day, 90 * day],
    [365 * day, 365 * day],
  ] as const) {
    await seedGrant(table, { ...everything, state: 'ending', expiresAt: now + life });
    const ending = parseGrant((await table.get(keys.grant(place))) ?? {});
    if (ending.state === 'ending') await finishEnd(table, ending, { now });
    expect((await table.get(keys.grant(place)))?.deleteAt).toBe(now + kept);
  }
});

test.each(['pending', 'active', 'ending', 'ended'] as const)(
  'a row of a grant that is %s can not be read with a wrong field, of whatever state',
  async (state) => {
    const table = memoryTable();
    const told: unknown[] = [];
    const watched = { ...table, reportUnreadable: (item: unknown) => void told.push(item) };
    const row = { ...everything, ...keys.grant(place), state };
    for (const field of Object.keys(everything)) {
      const { grants, unreadable } = parseGrants(watched, [{ ...row, [field]: { wrong: true } }]);
      expect([field, grants, unreadable]).toEqual([field, [], [expect.objectContaining(place)]]);
    }
    expect(told).toHaveLength(Object.keys(everything).length);
    for (const field of ['creatingUntil', 'changingUntil', 'endingUntil'])
      expect(() => parseGrant({ ...row, [field]: undefined })).toThrow();
  },
);

test('a move that a state does not allow does not compile', async () => {
  const table = memoryTable();
  await seedGrant(table, { ...everything, state: 'ended' });
  const ended = parseGrant({ ...everything, state: 'ended' });
  const ending = parseGrant({ ...everything, state: 'ending' });
  if (ended.state !== 'ended' || ending.state !== 'ending') throw new Error('Another state was read.');
  const wrong: (() => Promise<unknown>)[] = [
    // @ts-expect-error: what is active has its user.
    () => activateGrant(table, active),
    // @ts-expect-error: nothing ends without having begun to.
    () => finishEnd(table, active, { now }),
    // @ts-expect-error: what has ended does not end again.
    () => beginEnd(table, ended, { why: 'revoked', by: 'x', now }),
    // @ts-expect-error: what ends already is not said to.
    () => markEnding(table, ending, { why: 'revoked', by: 'x', now }),
    // @ts-expect-error: what ends has no other end any more.
    () => shortenGrant(table, ending, now),
    // @ts-expect-error: no grant begins while it is being ended.
    () => planGrant(table, ending, undefined),
    // @ts-expect-error: nor in the place of one that lives.
    () => planGrant(table, pending, active),
    // @ts-expect-error: only what ends waits for something.
    async () => active.waitsFor,
    // @ts-expect-error: only what has ended has a proof.
    async () => ending.proof,
  ];
  expect(wrong).toHaveLength(9);
});
