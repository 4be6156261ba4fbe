import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ensureTable, startDynamoDb } from '../../../local/dynamodb';
import type { Listening } from '../../../local/loopback';
import { dynamoTable, end, type Item, type Table } from '../../../shared/store/table';
import { memoryTable } from '../../support/memory-table';

let service: Listening;
let dynamo: Table;
const twin = memoryTable();
beforeAll(async () => {
  service = await startDynamoDb({ port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${service.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const client = new DynamoDBClient();
  await ensureTable(client, 'grants');
  client.destroy();
  dynamo = dynamoTable('grants');
});
afterAll(() => service.close());

let made = 0;
/** A key that no other test uses. */
const newKey = () => ({ pk: `p${++made}`, sk: 'a' });
const absent = { if: 'attribute_not_exists(#pk)' };

describe.each(['DynamoDB', 'its twin in memory'])('%s', (name) => {
  let table: Table;
  beforeAll(() => {
    table = name === 'DynamoDB' ? dynamo : twin;
  });

  test('what is put can be read, and nothing is there before', async () => {
    const key = newKey();
    expect(await table.get(key)).toBeUndefined();
    const item = { ...key, text: 'ü', number: 1.5, yes: true, list: ['a', 1], map: { a: { b: [] } }, empty: '' };
    expect(await table.put(item)).toBe(true);
    expect(await table.get(key)).toEqual(item);
  });

  test('a failed condition is an answer, and changes nothing', async () => {
    const key = newKey();
    expect(await table.put({ ...key, n: 1 }, absent)).toBe(true);
    const before = await table.get(key);
    expect(await table.put({ ...key, n: 2 }, absent)).toBe(false);
    const ifTwo = { if: '#n = :two', values: { two: 2 } };
    expect(await table.update(key, { set: { n: 3 }, add: { count: 1 }, remove: ['n2'], ...ifTwo })).toBeUndefined();
    expect(await table.delete(key, ifTwo)).toBe(false);
    expect(await table.get(key)).toEqual(before);
  });

  test('a condition on an item that is not there fails like any other', async () => {
    const key = newKey();
    const ifThere = { if: '#state = :ended', values: { ended: 'ended' } };
    expect(await table.put({ ...key }, ifThere)).toBe(false);
    expect(await table.update(key, { set: { a: 1 }, ...ifThere })).toBeUndefined();
    expect(await table.delete(key, ifThere)).toBe(false);
    expect(await table.get(key)).toBeUndefined();
  });

  test('an update sets, adds, removes, and hands back the whole item', async () => {
    const key = newKey();
    await table.put({ ...key, version: 1, old: 'x', kept: 'y' });
    const change = { set: { state: 'active' }, add: { version: 1 }, remove: ['old'] };
    const item = await table.update(key, { ...change, if: '#version = :version', values: { version: 1 } });
    expect(item).toEqual({ ...key, version: 2, state: 'active', kept: 'y', mark: expect.any(String) });
    expect(await table.get(key)).toEqual(item);
  });

  test('an update without a condition makes the item that is not there', async () => {
    const key = newKey();
    expect(await table.update(key, { add: { count: 1 } })).toEqual({ ...key, count: 1 });
    expect(await table.update(key, { remove: ['count'] })).toEqual(key);
  });

  test('the same attribute may be set and compared, and keeps both values apart', async () => {
    const key = newKey();
    await table.put({ ...key, state: 'sent' });
    const spend = { set: { state: 'redeemed' }, if: '#state = :state', values: { state: 'sent' } };
    expect(await table.update(key, spend)).toMatchObject({ state: 'redeemed' });
    expect(await table.update(key, spend)).toBeUndefined();
  });

  test('reserved words are names like any other', async () => {
    const key = newKey();
    const words = [
      'state',
      'name',
      'count',
      'hash',
      'role',
      'date',
      'user',
      'ttl',
      'set',
      'add',
      'remove',
      'and',
      'or',
      'not',
      'size',
      'year',
    ];
    const set = Object.fromEntries(words.map((word, index) => [word, index]));
    expect(await table.put({ ...key, ...set })).toBe(true);
    const all = words.map((word) => `#${word} = :${word}`).join(' AND ');
    const change = { set: { state: 'x', values: 'y' }, add: { count: 5 }, remove: ['date'] };
    expect(await table.update(key, { ...change, if: all, values: set })).toMatchObject({
      state: 'x',
      count: 7,
      values: 'y',
    });
    expect(await table.delete(key, { if: '#name = :name AND #size = :size', values: { name: 1, size: 14 } })).toBe(
      true,
    );
  });

  test('what is undefined is left out, at any depth', async () => {
    const key = newKey();
    await table.put(
      { ...key, a: undefined, b: { c: undefined, d: 1 }, kept: 'x' },
      { ...absent, values: { unused: undefined } },
    );
    const mark = expect.any(String);
    expect(await table.get(key)).toEqual({ ...key, b: { d: 1 }, kept: 'x', mark });
    expect(await table.update(key, { set: { kept: undefined, e: 1 } })).toEqual({
      ...key,
      b: { d: 1 },
      kept: 'x',
      e: 1,
      mark,
    });
  });

  test('of fifty writes under the same condition one wins', async () => {
    const key = newKey();
    const puts = await Promise.all(Array.from({ length: 50 }, (_, by) => table.put({ ...key, by }, absent)));
    expect(puts.filter(Boolean)).toHaveLength(1);
    const update = (by: number) =>
      table.update(key, { set: { by }, add: { version: 1 }, if: 'attribute_not_exists(#version)' });
    const updates = await Promise.all(Array.from({ length: 50 }, (_, by) => update(by)));
    const [winner, ...others] = updates.filter(Boolean);
    expect([await table.get(key), others]).toEqual([winner, []]);
  });

  test('a deleted item is gone; one that is gone can be deleted again', async () => {
    const key = newKey();
    await table.put(key);
    expect(await table.delete(key)).toBe(true);
    expect(await table.get(key)).toBeUndefined();
    expect(await table.delete(key)).toBe(true);
  });

  test('a query gives one partition, in order, or what begins alike in it', async () => {
    const { pk } = newKey();
    for (const sk of ['h2#x', 'h#b', 'h#a', 'other']) await table.put({ pk, sk });
    await table.put({ pk: `${pk}x`, sk: 'h#c' });
    const found = async (prefix?: string) => (await table.query({ pk, ...(prefix && { prefix }) })).map(({ sk }) => sk);
    expect(await found()).toEqual(['h#a', 'h#b', 'h2#x', 'other']);
    expect(await found('h#')).toEqual(['h#a', 'h#b']);
    expect(await found('z')).toEqual([]);
    expect(await table.query({ pk: 'nobody' })).toEqual([]);
  });

  test('an index is asked by its own keys, and holds only what has them', async () => {
    const { pk } = newKey();
    for (const n of [1, 2, 3]) await table.put({ pk: `${pk}-${n}`, sk: 'a', listPk: pk, listSk: `${n % 2}#${n}` });
    await table.put({ pk, sk: 'a' });
    const found = async (prefix?: string) =>
      (await table.query({ pk, index: 'listed', ...(prefix && { prefix }) })).map(({ listSk }) => listSk);
    expect(await found()).toEqual(['0#2', '1#1', '1#3']);
    expect(await found('1#')).toEqual(['1#1', '1#3']);
  });

  test('a page holds as many as were asked for, from one sort key to another, in either order', async () => {
    const { pk } = newKey();
    for (const n of [1, 2, 3, 4, 5]) await table.put({ pk, sk: `s${n}`, listPk: pk, listSk: `t${6 - n}` });
    const page = async (from: string, to: string, limit: number, backwards = false) => {
      const { items, more } = await table.page({ pk, from, to, limit, backwards });
      return [items.map(({ sk }) => sk).join(' '), more];
    };
    expect(await page('s2', 's4', 10)).toEqual(['s2 s3', false]);
    expect(await page('s2', end, 2)).toEqual(['s2 s3', true]);
    expect(await page('', 's3', 10, true)).toEqual(['s2 s1', false]);
    expect(await page(' ', end, 1, true)).toEqual(['s5', true]);
    expect(await page('s4', 's2', 10)).toEqual(['', false]);
    const { items } = await table.page({ pk, index: 'listed', from: 't2', to: 't5', limit: 10 });
    expect(items.map(({ sk }) => sk)).toEqual(['s4', 's3', 's2']);
  });

  test('the index of what is due is in the order of time', async () => {
    const { pk } = newKey();
    for (const dueAt of [100, 20, 3]) await table.put({ pk: `${pk}-${dueAt}`, sk: 'a', duePk: pk, dueAt });
    expect((await table.query({ pk, index: 'due' })).map(({ dueAt }) => dueAt)).toEqual([3, 20, 100]);
    expect((await table.query({ pk, index: 'due', atMost: 2 })).map(({ dueAt }) => dueAt)).toEqual([3, 20]);
    expect(await table.query({ pk, index: 'due', atMost: 4 })).toHaveLength(3);
  });

  test('the index of what is due goes on behind an item, also where many are due at once', async () => {
    const { pk } = newKey();
    for (const n of [1, 2, 3, 4, 5]) await table.put({ pk: `${pk}-${n}`, sk: 'a', duePk: pk, dueAt: n < 5 ? 7 : 8 });
    const seen: unknown[] = [];
    for (let after: Item | undefined; ; ) {
      const [next] = await table.query({ pk, index: 'due', atMost: 1, ...(after && { after }) });
      if (!next) break;
      seen.push(next.pk);
      after = { pk: next.pk, sk: next.sk, duePk: next.duePk, dueAt: next.dueAt };
      // It need not be there any more.
      await table.delete({ pk: String(next.pk), sk: 'a' });
    }
    expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5].map((n) => `${pk}-${n}`));
    expect(seen.at(-1)).toBe(`${pk}-5`);
  });
});

test('any other fault is thrown', async () => {
  const key = newKey();
  await expect(dynamo.put(key, { if: '#a ==' })).rejects.toThrow();
  await expect(dynamo.update(key, { set: { a: 1 }, if: 'nonsense(' })).rejects.toThrow();
  await expect(dynamo.delete(key, { if: '#a ==' })).rejects.toThrow();
  await expect(dynamoTable('nowhere').get(key)).rejects.toThrow();
});

test('more than a megabyte comes back whole, over as many pages as it takes', async () => {
  const { pk } = newKey();
  const filler = 'x'.repeat(300_000);
  const names = Array.from({ length: 8 }, (_, n) => `s${n}`);
  for (const sk of names) await dynamo.put({ pk, sk, filler, listPk: pk, listSk: sk });
  expect((await dynamo.query({ pk })).map(({ sk }) => sk)).toEqual(names);
  expect(await dynamo.query({ pk, prefix: 's' })).toHaveLength(8);
  expect((await dynamo.query({ pk, atMost: 7 })).map(({ sk }) => sk)).toEqual(names.slice(0, 7));
  expect(await dynamo.query({ pk, index: 'listed' })).toHaveLength(8);
});

test('the table is read as it is now; an index, which cannot be, as it is', async () => {
  const sent = jest.spyOn(DynamoDBClient.prototype, 'send');
  const key = newKey();
  await Promise.all([dynamo.get(key), dynamo.query(key), dynamo.query({ pk: key.pk, index: 'listed' })]);
  expect(sent.mock.calls.map(([{ input }]) => 'ConsistentRead' in input && input.ConsistentRead)).toEqual([
    true,
    true,
    false,
  ]);
  sent.mockRestore();
});
