import { reap } from '../../functions/reap/reap';
import type { GrantItem } from '../../shared/store/grants/row';
import type { Table } from '../../shared/store/table';
import { memoryTable, type StoredItems } from './memory-table';
import { home, memoryUsers, type StoredUsers, userId } from './memory-users';
import { type QuickHosts, quickApi } from './quick-api';
import { seedGrant } from './seed-grant';

const moment = Date.parse('2026-11-24T08:00:00.000Z') / 1000;

const secretOf = async (host: string) => ({ host, port: 27017, username: 'm', password: 'p', authSource: 'admin' });

/** The real handlers and the reaper in memory, with as many grants as a test wants, each with its user. */
export function manyGrants(change: (users: QuickHosts['users']) => QuickHosts['users'] = (users) => users) {
  const items: StoredItems = new Map();
  const stored: StoredUsers = new Map();
  const table = memoryTable(items);
  const hosts = { users: change(memoryUsers(stored)), host: secretOf };
  const api = quickApi(table, hosts);
  let count = 0;

  const rows = () => [...items.values()].filter(({ pk }) => String(pk).startsWith('grants#'));

  return {
    ...api,
    items,
    stored,
    rows,
    /** How many grants there are in each state. */
    states: () => {
      const states: Record<string, number> = {};
      for (const { state } of rows()) states[String(state)] = (states[String(state)] ?? 0) + 1;
      return states;
    },
    events: (act: string) =>
      [...items.values()].filter((item) => String(item.pk).startsWith('audit#2') && item.act === act),
    async add(email: string, more: Partial<GrantItem> = {}): Promise<GrantItem> {
      const id = `grant${String(count++).padStart(8, '0')}`;
      const username = `${email}_${id}`;
      const grant: GrantItem = {
        ...{ id, email, host: 'h', db: 'fw_a', role: 'readWrite', label: id, username, usersDb: 'fw_a' },
        ...{ state: 'active', version: 1, issuedAt: moment - 60, expiresAt: moment + 86_400, madeOn: home },
        ...{ creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [] },
        ...more,
      };
      await seedGrant(table, grant);
      const tag = { email, label: grant.label, grant: id, expires: '', stack: 'mongogrant' };
      const name = { user: username, db: grant.usersDb };
      stored.set(userId(name), { ...name, password: 'p', roles: [{ role: grant.role, db: grant.db }], cidrs: [], tag });
      return grant;
    },
    /** One run of the reaper, so many seconds after the moment at which all stands still. */
    run(after = 0, onTable: Table = table, msLeft = 45_000) {
      const began = Date.now();
      const clock = () => (moment + after) * 1000 + (Date.now() - began);
      return reap({ ...api.deps, table: onTable, clock }, { requestId: 'reap', ip: 'reap' }, clock() + msLeft);
    },
  };
}

/** The same table, whose functions stop for good before the call with this number: as if the process had ended there. */
export function stopsAt(table: Table, last: number): Table & { calls(): number } {
  let calls = 0;
  const stop = <A extends unknown[], R>(act: (...values: A) => Promise<R>) =>
    (async (...values: A) => {
      calls += 1;
      if (calls >= last) throw new Error('the process has ended');
      return act(...values);
    }) satisfies (...values: A) => Promise<R>;
  const { get, query, page, put, update, reportUnreadable } = table;
  return {
    ...{ get: stop(get), query: stop(query), page: stop(page), put: stop(put), update: stop(update) },
    ...{ delete: stop(table.delete), reportUnreadable, calls: () => calls },
  };
}
