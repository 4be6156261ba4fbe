import type { GrantItem } from '../../shared/store/grants/row';
import { keys } from '../../shared/store/keys';
import type { Table } from '../../shared/store/table';
import { quickApi } from '../support/quick-api';
import { seedGrant } from '../support/seed-grant';

const email = 'ada@lab.org';
const now = quickApi().now.getTime() / 1000;
const times = { issuedAt: now, expiresAt: now + 60, creatingUntil: 0, changingUntil: 0, endingUntil: 0 };
const plain = { email, host: 'h.lab.org', db: 'fw_a', role: 'readWrite', usersDb: 'fw_a', version: 1, ...times };
async function plan(table: Table, label: string, more: Partial<GrantItem> = {}) {
  const grant: GrantItem = { ...plain, id: label, label, username: `u_${label}`, state: 'ended', ...more };
  await seedGrant(table, grant);
  // What has ended is in no index of what is due.
  if (grant.state === 'ended') await table.update(keys.grant(grant), { remove: ['duePk', 'dueAt'] });
}
const inOrder = (n: number) => `l${String(n).padStart(5, '0')}`;

type Row = { email: string; label: string; state: string };
/** All pages of a list: their rows, and the bytes of each. */
async function pagesOf(api: ReturnType<typeof quickApi>, token: string, query = '') {
  const pages: { rows: Row[]; bytes: number }[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`;
    const { status, json } = await api.ask('GET', `/grants?${query}${more}`, { token });
    expect(status).toBe(200);
    pages.push({ rows: json.grants, bytes: JSON.stringify(json).length });
    cursor = json.cursor;
  }
  return pages;
}

test('one’s own list comes in pages, what has not ended first, everything once', async () => {
  const api = quickApi();
  for (let n = 0; n < 2500; n++) await plan(api.table, inOrder(n));
  await plan(api.table, 'a-first', { state: 'pending', creatingUntil: now + 30 });
  await plan(api.table, `${inOrder(1200)}x`, { state: 'ending' });
  await plan(api.table, 'z-last', { state: 'active' });
  const pages = await pagesOf(api, await api.tokenFor(email));
  expect(pages.map(({ rows }) => rows.length)).toEqual([1000, expect.any(Number), expect.any(Number)]);
  const rows = pages.flatMap(({ rows }) => rows);
  const ended = Array.from({ length: 2500 }, (_, n) => inOrder(n));
  expect(rows.map(({ label }) => label)).toEqual(['a-first', 'l01200x', 'z-last', ...ended]);
});

test('whoever holds more than a page has them in pages, too', async () => {
  const api = quickApi();
  for (let n = 0; n < 1500; n++) await plan(api.table, inOrder(n), { state: 'active' });
  for (let n = 1500; n < 1700; n++) await plan(api.table, inOrder(n));
  const pages = await pagesOf(api, await api.tokenFor('admin@example.com'), `email=${email}`);
  expect(pages.flatMap(({ rows }) => rows).map(({ label }) => label)).toEqual(
    Array.from({ length: 1700 }, (_, n) => inOrder(n)),
  );
  expect(pages[0]?.rows).toHaveLength(1000);
});

test('an answer stays below a megabyte, with the largest fields, whoever asks', async () => {
  const api = quickApi();
  const long = (n: number) => `${n}`.padEnd(64, 'x');
  const host = `${'h'.repeat(60)}.${'o'.repeat(60)}.${'s'.repeat(60)}.${'t'.repeat(60)}`;
  const cidrs = Array.from({ length: 20 }, (_, n) => `2001:db8:1111:2222:3333:4444:5555:${6000 + n}/128`);
  for (let n = 0; n < 1500; n++)
    for (const state of ['active', 'ended'] as const)
      await plan(api.table, `${state}${long(n)}`, {
        state,
        host,
        cidrs,
        db: 'd'.repeat(63),
        username: long(n).repeat(4),
      });
  const admin = await api.tokenFor('admin@example.com');
  for (const [token, query, count] of [
    [await api.tokenFor(email), '', 3000],
    [admin, `email=${email}`, 3000],
    [admin, `host=${host}`, 3000],
    [admin, 'email=*', 1500],
  ] as const) {
    const pages = await pagesOf(api, token, query);
    expect(Math.max(...pages.map(({ bytes }) => bytes))).toBeLessThan(800_000);
    expect(pages.length).toBeGreaterThan(3);
    const labels = pages.flatMap(({ rows }) => rows).map(({ label }) => label);
    expect([labels.length, new Set(labels).size]).toEqual([count, count]);
  }
});

test('everybody’s live grants come in pages, everything once, though many are due at the same second', async () => {
  const api = quickApi();
  for (let n = 0; n < 2500; n++)
    await plan(api.table, '', { id: inOrder(n), email: `p${n}@lab.org`, state: n % 5 === 0 ? 'ended' : 'active' });
  const pages = await pagesOf(api, await api.tokenFor('admin@example.com'), 'email=*');
  expect(pages.map(({ rows }) => rows.length).slice(0, 2)).toEqual([1000, 1000]);
  expect(new Set(pages.flatMap(({ rows }) => rows).map((row) => row.email)).size).toBe(2000);
});

test('a cursor opens the next page of its own list only', async () => {
  const api = quickApi();
  for (let n = 0; n < 1100; n++) await plan(api.table, inOrder(n));
  const token = await api.tokenFor(email);
  const { cursor } = (await api.ask('GET', '/grants', { token })).json;
  for (const [query, by] of [
    [`cursor=${cursor}x`, token],
    [`db=fw_a&cursor=${cursor}`, token],
    [`cursor=${cursor}`, await api.tokenFor('bob@lab.org')],
  ]) {
    const { status, json } = await api.ask('GET', `/grants?${query}`, { token: by });
    expect([status, json.code, json.detail]).toEqual([400, 'invalid_request', expect.stringMatching(/^cursor:/)]);
  }
});
