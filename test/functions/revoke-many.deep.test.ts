import type { Table } from '../../shared/store/table';
import { type manyGrants as Many, manyGrants, stopsAt } from '../support/many-grants';

const everybody = '/grants?email=*&host=h';
const orders = ({ items }: ReturnType<typeof Many>) =>
  [...items.values()].filter(({ pk }) => String(pk).startsWith('orders#'));

test('5,000 at once: answered in time, every row says that it ends, and the reaper ends the rest', async () => {
  const many = manyGrants();
  for (let n = 0; n < 5000; n++) await many.add(`p${n}@lab.org`);
  const other = await many.add('p1@lab.org', { host: 'other' });
  const admin = await many.tokenFor('admin@example.com');
  const { status, json } = await many.ask('DELETE', everybody, { token: admin });
  expect([status, json.revoked.length + json.pending.length]).toEqual([200, 5000]);
  expect(json.pending.every(({ state }: { state: string }) => state === 'ending')).toBe(true);
  for (const after of [61, 122, 183]) await many.run(after);
  expect(many.states()).toEqual({ ended: 5000, active: 1 });
  expect([...many.stored.values()].map(({ user }) => user)).toEqual([other.username]);
  expect(orders(many)).toEqual([]);
  expect(many.events('revoke_ordered')).toHaveLength(1);
}, 120_000);

describe.each([
  ['as few as are begun at once', 3],
  ['more', 40],
])('%s', (_, count) => {
  test('a request that ends before any of its calls loses none: all end, or nobody was told so', async () => {
    for (let at = 2, more = true; more; at += count > 25 ? 7 : 1) {
      const many = manyGrants();
      for (let n = 0; n < count; n++) await many.add('ada@lab.org');
      const ada = await many.tokenFor('ada@lab.org');
      const { table } = many.deps;
      const broken = stopsAt(table, at);
      many.deps.table = broken as Table;
      const { status } = await many.ask('DELETE', '/grants', { token: ada });
      more = broken.calls() >= at;
      many.deps.table = table;
      const ordered = orders(many).length > 0 || many.states().active !== count;
      for (const after of [61, 122, 183]) await many.run(after);
      expect([at, status < 500 || many.states()]).toEqual([
        at,
        status < 500 || (ordered ? { ended: count } : { active: count }),
      ]);
      if (ordered) expect([at, many.stored.size, orders(many)]).toEqual([at, 0, []]);
    }
  }, 120_000);
});

test("a ruler's order ends only what is inside of the scope, also where the reaper carries it out", async () => {
  const many = manyGrants();
  const admin = await many.tokenFor('admin@example.com');
  const scope = { email: 'lead@lab.org', hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: 'all' };
  await many.ask('PUT', '/rulers', { token: admin, body: scope });
  const lead = await many.tokenFor('lead@lab.org');
  for (let n = 0; n < 3; n++) await many.add(`p${n}@lab.org`);
  await many.add('p1@lab.org', { db: 'other' });
  await many.add('p1@else.org');
  const { table } = many.deps;
  // Its order, the event of it and nothing else come through.
  let puts = 0;
  many.deps.table = {
    ...table,
    put: async (item, condition) => (puts++ < 3 ? table.put(item, condition) : Promise.reject(new Error('away'))),
    update: () => Promise.reject(new Error('away')),
  };
  await many.ask('DELETE', everybody, { token: lead });
  many.deps.table = table;
  expect(many.states()).toEqual({ active: 5 });
  await many.run(61);
  expect(many.states()).toEqual({ active: 2, ended: 3 });
  expect(many.rows().filter(({ state }) => state === 'ended')).toMatchObject(
    Array(3).fill({ by: 'lead@lab.org', why: 'revoked' }),
  );
});

test('an order is about what was there by then: what is made after it stays', async () => {
  const many = manyGrants();
  for (let n = 0; n < 3; n++) await many.add('ada@lab.org');
  const admin = await many.tokenFor('admin@example.com');
  await many.ask('DELETE', everybody, { token: admin });
  await many.add('ada@lab.org', { issuedAt: many.now.getTime() / 1000 + 30 });
  await many.run(61);
  expect(many.states()).toEqual({ ended: 3, active: 1 });
  expect(orders(many)).toEqual([]);
});

test('what is there when it is asked for ends, also what a clock ahead of ours issued', async () => {
  const many = manyGrants();
  for (let n = 0; n < 3; n++) await many.add('ada@lab.org', { issuedAt: many.now.getTime() / 1000 + 1 });
  const token = await many.tokenFor('ada@lab.org');
  expect((await many.ask('DELETE', '/grants', { token })).json.revoked).toHaveLength(3);
});

test('what the index did not know yet is found when the order is carried out once more', async () => {
  const many = manyGrants();
  await many.add('ada@lab.org');
  const late = await many.add('bob@lab.org');
  const admin = await many.tokenFor('admin@example.com');
  const { page } = many.table;
  const lags: Table['page'] = async (query) => {
    const found = await page(query);
    return { ...found, items: found.items.filter(({ id }) => id !== late.id) };
  };
  many.deps.table = { ...many.table, page: lags };
  expect((await many.ask('DELETE', everybody, { token: admin })).json.revoked).toHaveLength(1);
  many.deps.table = many.table;
  await many.run(61);
  expect(many.states()).toEqual({ ended: 2 });
});

test('a fault at one grant leaves out no other, and no answer leaves before all that was begun is over', async () => {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let dropping = 0;
  const many = manyGrants((users) => ({
    ...users,
    drop: async (host, name) => {
      dropping += 1;
      await gate;
      return users.drop(host, name);
    },
  }));
  await many.add('ada@lab.org', { db: 'd1' });
  await many.add('ada@lab.org', { db: 'd2' });
  const ada = await many.tokenFor('ada@lab.org');
  const { table } = many;
  many.deps.table = {
    ...table,
    update: async (key, update) => {
      if (key.sk.includes('#d2#')) throw new Error('DynamoDB is away');
      return table.update(key, update);
    },
  };
  let answered = false;
  const answer = many.ask('DELETE', '/grants', { token: ada }).finally(() => {
    answered = true;
  });
  while (dropping === 0) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(false);
  open();
  expect((await answer).json).toMatchObject({ revoked: [{ db: 'd1' }], pending: [{ db: 'd2' }] });
  many.deps.table = table;
  await many.run(61);
  expect(many.states()).toEqual({ ended: 2 });
});
