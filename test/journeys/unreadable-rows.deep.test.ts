import { reconcile } from '../../functions/reconcile/reconcile';
import { remind } from '../../functions/remind/remind';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { taggedUsers } from '../../shared/mongo/tagged-users';
import type { Item } from '../../shared/store/table';
import { useReaperStage } from '../support/reaper-stage';
import { allItems, later } from '../support/stage';

const on = useReaperStage();
const { allow, grant, run, row, loginOf } = on;

/** What a release that is to come may leave, or somebody who edited the table. */
const damages: [string, (row: Item) => Item][] = [
  ['a field that is missing', ({ changingUntil: _, ...rest }) => rest],
  ['a state of a later release', (item) => ({ ...item, state: 'frozen' })],
  ['a field of another type', (item) => ({ ...item, expiresAt: 'soon' })],
];

const keyOf = ({ pk, sk }: Item = {}) => `${pk} ${sk}`;
const told = () => on.stage.logged.filter(({ code }) => code === 'row_unreadable').map(({ facts }) => facts.key);

async function spoil(db: string, damage: (row: Item) => Item): Promise<Item> {
  const item = { ...(await row(db)) };
  await on.stage.table.put(damage(item) as Parameters<typeof on.stage.table.put>[0]);
  return item;
}

const admins = (path: string, method = 'GET') => on.stage.ask(method, path, { token: on.admin });
const mine = (path: string, method = 'GET') => on.stage.ask(method, path, { token: on.you });

describe.each(damages)('a grant with %s', (_, damage) => {
  let bob = '';
  let item: Item;
  beforeEach(async () => {
    await allow({ email: 'bob@lab.org' });
    bob = await on.stage.tokenFor('bob@lab.org');
    await grant('mine');
    await grant('other', {}, bob);
    item = await spoil('mine', damage);
  });

  test('keeps nobody from what is theirs, and is named in the log and to admins', async () => {
    expect((await mine('/grants')).json).toEqual({ grants: [] });
    expect((await admins('/grants?email=you@example.com')).json).toEqual({ grants: [], unreadable: [keyOf(item)] });
    expect((await admins(`/grants?host=${on.stage.host}`)).json).toMatchObject({
      grants: [{ db: 'other' }],
      unreadable: [keyOf(item)],
    });
    expect((await admins('/grants?email=*')).json).toMatchObject({ grants: [{ db: 'other' }] });
    await grant('more');
    expect(new Set(told())).toEqual(new Set([keyOf(item)]));
  });

  test('counts as alive: nothing takes its place, and it is not called revoked', async () => {
    const body = { host: on.stage.host, db: 'mine', role: 'readWrite' };
    const again = await on.stage.ask('POST', '/grants', { token: on.you, body });
    expect([again.status, again.json.code]).toEqual([409, 'grant_unreadable']);
    const { json } = await mine('/grants?db=mine', 'DELETE');
    expect(json).toMatchObject({ revoked: [], pending: [], unreadable: [{ db: 'mine', label: '' }] });
    on.stage.deps.settings.liveGrantsPerPersonAndHost = 1;
    const more = await on.stage.ask('POST', '/grants', { token: on.you, body: { ...body, db: 'more' } });
    expect(more.json.code).toBe('too_many_grants');
  });

  test('stops no job: what is due elsewhere ends, and its own end is overdue', async () => {
    later(on.stage, 7200);
    const { ended, faults, oldestOverdue } = await run();
    expect([ended, faults]).toEqual([1, 0]);
    expect((await row('other'))?.state).toBe('ended');
    expect(oldestOverdue).toBe(3600);
    const clock = () => on.stage.clock.now.getTime();
    await remind({ ...on.stage.deps, origin: 'https://x', clock }, { requestId: 'r', ip: 'remind' }, clock() + 60_000);
  });

  test('is no orphan for the daily comparison: its user stays', async () => {
    const servers = mongoServers();
    const tagged = taggedUsers(servers);
    const clock = () => on.stage.clock.now.getTime();
    const deps = { ...on.stage.deps, tagged, hosts: async () => [on.stage.host], clock };
    const { hosts } = await reconcile(deps, { requestId: 'r', ip: 'reconcile' }, {}, clock() + 45_000);
    await servers.close();
    expect(hosts).toMatchObject([{ ours: 2, orphans: 0, leftOut: { row_unreadable: 1 } }]);
  });

  test('does not hide what a rule takes from others', async () => {
    const deny = { email: '*', host: '*', db: '*', role: 'read', which: 'deny' };
    const dry = await on.stage.ask('PUT', '/rules?dryRun=true', { token: on.admin, body: deny });
    expect(dry.json.ends).toMatchObject([{ db: 'other' }]);
    await on.stage.ask('PUT', '/rules', { token: on.admin, body: deny });
    expect(await run()).toMatchObject({ ended: 1, faults: 0 });
    expect((await row('other'))?.state).toBe('ended');
  });
});

test('a row that is mended is a grant again, and ends', async () => {
  const { username, password } = await grant('mine');
  const item = await spoil('mine', (one) => ({ ...one, state: 'frozen' }));
  later(on.stage, 7200);
  await run();
  expect(await loginOf('mine', { username, password })).toBe('works');
  await on.stage.table.put(item as Parameters<typeof on.stage.table.put>[0]);
  expect(await run()).toMatchObject({ ended: 1, oldestOverdue: 0 });
  expect(await loginOf('mine', { username, password })).toBe(18);
});

describe('of what else can be unreadable', () => {
  test.each<[string, Item]>([
    ['a sweep', { pk: 'sweeps#x', sk: 'y', duePk: 'sweeps', dueAt: 1 }],
    ['an order', { pk: 'orders#x', sk: 'y', duePk: 'orders', dueAt: 1 }],
  ])('%s stops nothing', async (_, item) => {
    await grant('a');
    await on.stage.table.put(item as Parameters<typeof on.stage.table.put>[0]);
    later(on.stage, 7200);
    expect(await run()).toMatchObject({ ended: 1, faults: 0 });
    expect(told()).toEqual([keyOf(item)]);
  });

  test('what is noted of a host that did not answer is as if there were none', async () => {
    await on.stage.table.put({ pk: `hosts#${on.stage.host}`, sk: 'reach', failures: 'many' });
    await grant('a');
    later(on.stage, 7200);
    expect(await run()).toMatchObject({ ended: 1, faults: 0 });
  });

  test('a link opens nothing, and is revoked with the tokens of its person', async () => {
    const items = await allItems();
    const link = items.find(({ pk, sk }) => pk === 'links#you@example.com' && String(sk).startsWith('link#'));
    const { hash: _, ...bad } = { ...link };
    await on.stage.table.put(bad as Parameters<typeof on.stage.table.put>[0]);
    expect((await mine('/me')).json.code).toBe('token_revoked');
    const { json } = await admins('/tokens?email=you@example.com', 'DELETE');
    expect(json).toEqual({ revoked: 1 });
    await on.stage.table.update({ pk: String(bad.pk), sk: String(bad.sk) }, { set: { hash: link?.hash } });
    expect((await mine('/me')).json.code).toBe('token_revoked');
  });

  test('an audit event is shown by its key', async () => {
    await on.stage.table.put({ pk: 'audit#2026-11-24', sk: '2026-11-24T08:00:00.000Z#odd', act: 1 });
    const { json } = await admins('/audit');
    expect(json.events).toContainEqual(
      expect.objectContaining({ act: 'unreadable', unreadable: 'audit#2026-11-24 2026-11-24T08:00:00.000Z#odd' }),
    );
  });
});
