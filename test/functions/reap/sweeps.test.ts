import { HostUnreachable } from '../../../shared/contract/errors';
import type { MongoUsers } from '../../../shared/mongo/mongo-users';
import { putRule } from '../../../shared/store/rules';
import { planSweep } from '../../../shared/store/sweeps';
import type { Table } from '../../../shared/store/table';
import { type manyGrants as Many, manyGrants, stopsAt } from '../../support/many-grants';

type Stage = ReturnType<typeof Many>;

const moment = Date.parse('2026-11-24T08:00:00.000Z') / 1000;
const rule = (more: Record<string, string> = {}) =>
  ({ email: '*@lab.org', host: 'h', db: '*', role: 'readWrite', which: 'allow', ...more }) as const;
const put = ({ table }: Stage, more: Record<string, string> = {}) =>
  putRule(table, { ...rule(more), version: 1, setBy: 'admin@example.com', setAt: 1 }, undefined);
const changed = ({ table }: Stage, more: Record<string, string> = {}) => planSweep(table, { rule: rule(more) }, moment);
const sweeps = ({ items }: Stage) => [...items.values()].filter(({ pk }) => String(pk).startsWith('sweeps#'));

/** A host that takes its time, and then is found not to answer. */
const hanging =
  (silent: string, seen: string[], ms = 50) =>
  (users: MongoUsers): MongoUsers => ({
    ...users,
    owner: async (host, name) => {
      seen.push(host.name);
      if (host.name !== silent) return users.owner(host, name);
      await new Promise((resolve) => setTimeout(resolve, ms));
      throw new HostUnreachable(silent, false);
    },
  });

test('what is due elsewhere ends first, and at once, beside a sweep of a host that does not answer', async () => {
  const seen: string[] = [];
  const stage = manyGrants(hanging('silent', seen, 400));
  for (let n = 0; n < 120; n++) await stage.add(`p${n}@lab.org`, { host: 'silent' });
  await stage.add('ada@lab.org', { host: 'h', expiresAt: moment - 10 });
  await changed(stage, { host: 'silent' });
  expect(await stage.run()).toMatchObject({ ended: 1, silent: ['silent'], faults: 0 });
  expect([seen[0], seen.filter((host) => host === 'silent').length]).toEqual(['h', 8]);
  expect(stage.states()).toEqual({ ending: 120, ended: 1 });
});

test('a host that is silent is asked once in the next run, however much waits there', async () => {
  const seen: string[] = [];
  const stage = manyGrants((users) => ({
    ...hanging('silent', seen, 1)(users),
    probe: (host) => Promise.reject(new HostUnreachable(host.name, false)),
  }));
  for (let n = 0; n < 50; n++) await stage.add(`p${n}@lab.org`, { host: 'silent' });
  await changed(stage, { host: 'silent' });
  await stage.run();
  const before = seen.length;
  await stage.run(61);
  expect(seen.length).toBe(before);
});

describe('many changed rules', () => {
  test('are swept together: each person is looked at once, however many rules were changed', async () => {
    const stage = manyGrants();
    await put(stage);
    for (let n = 0; n < 2000; n++) await stage.add(`p${n}@lab.org`);
    for (let n = 0; n < 400; n++) await changed(stage, { db: `old_${n}*` });
    for (let n = 0; n < 400; n++) await changed(stage, { db: `fw_a`, role: n % 2 ? 'read' : 'readWrite' });
    let queries = 0;
    const table: Table = {
      ...stage.table,
      query: (query) => {
        queries += 1;
        return stage.table.query(query);
      },
    };
    expect(await stage.run(0, table)).toMatchObject({ due: 0, faults: 0 });
    // The people's own rules, those of their domain and of everybody, what is due, sweeps, orders, and the grants of one host.
    expect(queries).toBeLessThan(2000 + 40);
    expect(stage.states()).toEqual({ active: 2000 });
    await stage.run(61);
    expect(sweeps(stage)).toEqual([]);
  }, 60_000);

  test('take what they took, and nothing else: from one person, from a domain, from all', async () => {
    const stage = manyGrants();
    await put(stage, { email: 'ada@lab.org', db: 'fw_a' });
    await put(stage, { email: '*', host: '*', db: 'keep_*' });
    await stage.add('ada@lab.org');
    await stage.add('bob@lab.org');
    await stage.add('bob@lab.org', { db: 'keep_1' });
    await stage.add('cy@else.org');
    await stage.add('dan@else.org', { host: 'other' });
    await changed(stage);
    await changed(stage, { email: 'cy@else.org' });
    await stage.run();
    const left = stage.rows().filter(({ state }) => state === 'active');
    expect(left.map(({ email, db }) => `${email} ${db}`).sort()).toEqual([
      'ada@lab.org fw_a',
      'bob@lab.org keep_1',
      'dan@else.org fw_a',
    ]);
  });
});

test('a sweep goes on where it stopped, when the time was up', async () => {
  const stage = manyGrants();
  for (let n = 0; n < 1200; n++) await stage.add(`p${String(n).padStart(4, '0')}@lab.org`);
  await changed(stage);
  const people: string[] = [];
  let late = false;
  const table: Table = {
    ...stage.table,
    query: async (query) => {
      if (query.pk.startsWith('rules#p')) people.push(query.pk);
      // Time is up as the second hundreds are begun.
      if (people.length === 501) late = true;
      return stage.table.query(query);
    },
  };
  const deps = { ...stage.deps, table, clock: () => (moment + (late ? 46 : 0)) * 1000 };
  const { reap } = await import('../../../functions/reap/reap');
  await reap(deps, { requestId: 'reap', ip: 'reap' }, (moment + 45) * 1000);
  expect(stage.states()).toMatchObject({ active: 700 });
  expect(sweeps(stage)).toMatchObject([{ after: 'p0499@lab.org' }]);
  people.length = 0;
  late = false;
  await stage.run(60, table);
  expect([people.length, people[0]]).toEqual([700, 'rules#p0500@lab.org']);
  await stage.run(121);
  expect([stage.states(), sweeps(stage)]).toEqual([{ ended: 1200 }, []]);
}, 60_000);

test('one mark that fails keeps no other from its end, and the sweep is made again', async () => {
  const stage = manyGrants();
  const odd = await stage.add('ada@lab.org');
  for (let n = 0; n < 5; n++) await stage.add(`p${n}@lab.org`);
  await changed(stage);
  const table: Table = {
    ...stage.table,
    update: async (key, update) => {
      if (key.sk.endsWith(odd.label)) throw new Error('write failed');
      return stage.table.update(key, update);
    },
  };
  expect(await stage.run(0, table)).toMatchObject({ ended: 5, faults: 1 });
  await stage.run(60);
  expect(stage.states()).toEqual({ ended: 6 });
});

test('one mark that fails, run after run, keeps nobody behind it from the end', async () => {
  const stage = manyGrants();
  for (let n = 0; n < 600; n++) await stage.add(`p${String(n).padStart(4, '0')}@lab.org`);
  await changed(stage);
  const table: Table = {
    ...stage.table,
    update: async (key, update) => {
      if (key.pk === 'grants#p0003@lab.org') throw new Error('write failed');
      return stage.table.update(key, update);
    },
  };
  expect(await stage.run(0, table)).toMatchObject({ ended: 599, faults: 1 });
  expect(sweeps(stage)).toMatchObject([{ after: '' }]);
  await stage.run(60);
  expect(stage.states()).toEqual({ ended: 600 });
}, 60_000);

test('a rule outside of a scope that was narrowed goes with what it gave, wherever a run is cut off', async () => {
  for (let at = 1, more = true; more; at++) {
    const stage = manyGrants();
    const setBy = 'lead@lab.org';
    await putRule(stage.table, { ...rule(), version: 1, setBy, setAt: 1, asRuler: true }, undefined);
    await stage.add('ada@lab.org');
    await planSweep(stage.table, { ruler: setBy }, moment);
    const broken = stopsAt(stage.table, at);
    await stage.run(0, broken).catch(() => {});
    more = broken.calls() >= at;
    for (const after of [60, 121, 182, 243]) await stage.run(after);
    expect([at, stage.states(), sweeps(stage)]).toEqual([at, { ended: 1 }, []]);
  }
}, 60_000);

test('a lease is as long as it says, however late in a run it is taken', async () => {
  const ends: number[] = [];
  const stage = manyGrants();
  for (let n = 0; n < 30; n++) await stage.add(`p${n}@lab.org`, { expiresAt: moment - 10 });
  let now = moment * 1000;
  const table: Table = {
    ...stage.table,
    update: async (key, update) => {
      const until = update.set?.endingUntil;
      if (typeof until === 'number' && until > 0) ends.push(until - Math.floor(now / 1000));
      now += 500;
      return stage.table.update(key, update);
    },
  };
  const { reap } = await import('../../../functions/reap/reap');
  await reap({ ...stage.deps, table, clock: () => now }, { requestId: 'reap', ip: 'reap' }, now + 45_000);
  expect(ends.length).toBeGreaterThan(20);
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(56);
});
