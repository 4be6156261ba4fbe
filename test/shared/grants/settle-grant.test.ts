import { listUnsettled, settleGrant } from '../../../shared/grants/settle-grant';
import { type GrantItem, parseGrant } from '../../../shared/store/grants/row';
import { keys } from '../../../shared/store/keys';
import { memoryTable, type StoredItems } from '../../support/memory-table';
import { seedGrant } from '../../support/seed-grant';

const now = new Date('2027-01-01T00:00:00.000Z');
const at = now.getTime() / 1000;
const actor = { now, by: 'admin@example.com', source: { requestId: 'mgrant-1', ip: 'mgrant' } };

/** The row of a grant that waits for a decision. */
async function waiting(change: Partial<GrantItem> = {}) {
  const items: StoredItems = new Map();
  const table = memoryTable(items);
  const grant: GrantItem = {
    ...{
      id: 'g1',
      email: 'you@example.com',
      host: 'h',
      db: 'a',
      role: 'read',
      label: '',
      username: 'you',
      usersDb: 'a',
    },
    ...{ state: 'ending', version: 1, issuedAt: at - 100, expiresAt: at - 10, waitsFor: 'other_deployment' },
    ...{ creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [], why: 'expired' },
    ...change,
  };
  await seedGrant(table, grant);
  const row = async () => parseGrant((await table.get(keys.grant(grant))) ?? {});
  const events = () => [...items.values()].filter(({ pk }) => pk === keys.events('2027-01-01'));
  return { table, grant, row, events };
}

test.each(['other_deployment', 'deployment_unknown'])(
  'a grant that waits for %s ends on an admin’s word, and its proof says that it is no more than that',
  async (waitsFor) => {
    const { table, grant, row, events } = await waiting({ waitsFor });
    await seedGrant(table, { ...grant, id: 'g2', label: 'x', waitsFor: 'host_unreachable' });
    expect(await listUnsettled(table)).toMatchObject([{ id: 'g1', waitsFor }]);
    const proof = { at, gone: false, unknownTo: [], refusedBy: [], notAsked: [], leftOut: ['declared_gone'] };
    expect(await settleGrant(table, 'g1', actor)).toEqual({
      state: 'settled',
      grant: expect.objectContaining({ id: 'g1', state: 'ended', proof }),
    });
    expect(await row()).toMatchObject({ state: 'ended', endedAt: at, proof });
    expect(await listUnsettled(table)).toEqual([]);
    const said = { email: 'you@example.com', by: 'admin@example.com', why: 'expired', reason: waitsFor, proof };
    expect(events()).toEqual([
      expect.objectContaining({ act: 'settled', ...said, requestId: 'mgrant-1', ip: 'mgrant' }),
    ]);
  },
);

test.each<[string, Partial<GrantItem>, string]>([
  ['one in force', { state: 'active', waitsFor: undefined }, 'grant_unknown'],
  ['one in force that once waited', { state: 'active' }, 'grant_unknown'],
  ['one that has ended', { state: 'ended' }, 'grant_unknown'],
  ['one that waits for its host', { waitsFor: 'host_unreachable' }, 'grant_unknown'],
  ['one that waits for nothing', { waitsFor: undefined }, 'grant_unknown'],
  ['one at which the reaper is', { endingUntil: at + 1 }, 'grant_busy'],
])('no other grant can be settled: %s', async (_, change, reason) => {
  const { table, grant, row, events } = await waiting(change);
  const detail =
    reason === 'grant_busy' ? 'The reaper is at it. Ask again in a minute.' : expect.stringContaining('g1');
  expect(await settleGrant(table, 'g1', actor)).toEqual({ state: 'refused', reason, detail });
  expect([(await row()).state, (await row()).version, events()]).toEqual([grant.state, 1, []]);
});

test('a grant that nobody knows can not be settled, and the answer names it', async () => {
  const { table } = await waiting();
  expect(await settleGrant(table, 'g2', actor)).toEqual({
    state: 'refused',
    reason: 'grant_unknown',
    detail: 'No grant g2 waits for a decision.',
  });
});

test('one at which the reaper was until now can be settled', async () => {
  const { table } = await waiting({ endingUntil: at });
  expect(await settleGrant(table, 'g1', actor)).toMatchObject({ state: 'settled' });
});

test('where the row changes meanwhile nothing is settled, and the record says so', async () => {
  const { table, row, events } = await waiting();
  const racing = {
    ...table,
    update: async (...values: Parameters<typeof table.update>) => {
      await table.update(values[0], { add: { version: 1 } });
      return table.update(...values);
    },
  };
  expect(await settleGrant(racing, 'g1', actor)).toEqual({
    state: 'refused',
    reason: 'grant_busy',
    detail: 'It was changed just now. Ask again.',
  });
  expect(await row()).toMatchObject({ state: 'ending', version: 2 });
  expect(events().map(({ act, reason }) => `${act} ${reason}`)).toEqual([
    'settled other_deployment',
    'end_pending grant_busy',
  ]);
});
