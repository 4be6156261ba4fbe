import { defined, type Item } from '../../shared/store/expressions';
import type { Key, Table } from '../../shared/store/table';
import { newId } from '../../shared/tokens/tokens';
import { holds } from './condition';

const sortKeys = { table: ['pk', 'sk'], listed: ['listPk', 'listSk'], due: ['duePk', 'dueAt'] } as const;

/** By their keys. An item is replaced and never changed in place, so that a copy of the map is a copy of all. */
export type StoredItems = Map<string, Item>;

/** The table's twin in memory, for tests that make hundreds of thousands of calls. test/shared/store/table.test.ts holds both to the same promises. */
export function memoryTable(items: StoredItems = new Map()): Table {
  const idOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;
  const read = (key: Key): Item | undefined => {
    const item = items.get(idOf(key));
    return item && copy(item);
  };

  function partition(pk: string, index: 'listed' | 'due' | undefined) {
    const [partitionKey, sort] = sortKeys[index ?? 'table'];
    const found = [...items.values()].filter((item) => item[partitionKey] === pk && item[sort] !== undefined);
    const before = (a: Item, b: Item) => compare(a[sort], b[sort]) || compare(idOf(keyIn(a)), idOf(keyIn(b)));
    return { sort, before, found: found.sort(before).map(copy) };
  }

  return {
    get: async (key) => read(key),
    async query({ pk, prefix = '', index, upTo, atMost, after }) {
      const { sort, before, found } = partition(pk, index);
      const wanted = (item: Item) =>
        upTo === undefined ? prefix === '' || String(item[sort]).startsWith(prefix) : Number(item[sort]) <= upTo;
      return found.filter((item) => wanted(item) && (!after || before(after, item) < 0)).slice(0, atMost);
    },
    async page({ pk, index, from, to, backwards = false, limit }) {
      const { sort, found } = partition(pk, index);
      const inside = found.filter((item) => String(item[sort]) >= from && String(item[sort]) < to);
      const ordered = backwards ? inside.reverse() : inside;
      return { items: ordered.slice(0, limit), more: ordered.length > limit };
    },
    async put(item, condition) {
      if (!holds(read(item), condition)) return false;
      items.set(idOf(item), copy({ ...item, ...(condition && { mark: newId() }) }));
      return true;
    },
    async update(key, { set = {}, add = {}, remove = [], ...condition }) {
      const item = read(key);
      if (!holds(item, condition)) return undefined;
      const sums = Object.entries(add).map(([name, value]) => [name, Number(item?.[name] ?? 0) + value]);
      const mark = condition.if ? { mark: newId() } : {};
      const { pk, sk } = key;
      const next = { pk, sk, ...item, ...defined(set), ...Object.fromEntries(sums), ...mark };
      for (const name of remove) delete next[name];
      items.set(idOf(key), copy(next));
      return read(key);
    },
    async delete(key, condition) {
      if (!holds(read(key), condition)) return false;
      items.delete(idOf(key));
      return true;
    },
    reportUnreadable: () => {},
  };
}

const keyIn = (item: Item): Key => ({ pk: String(item.pk), sk: String(item.sk) });

/** DynamoDB's order: numbers by value, texts by their bytes. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}

/** Without what is undefined. Faster than `structuredClone`, and called with every read. */
function copy(item: Item): Item {
  const copied: Item = {};
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value !== undefined) copied[name] = typeof value === 'object' ? copyOfValue(value) : value;
  }
  return copied;
}

function copyOfValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOfValue);
  return typeof value === 'object' && value !== null ? copy({ ...value }) : value;
}
