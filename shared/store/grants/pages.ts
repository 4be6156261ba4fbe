import * as v from 'valibot';
import { fitPage } from '../fit-page';
import { keys } from '../keys';
import { end, type Item, nextAfter, type Page, start, type Table } from '../table';
import { type GrantRows, parseGrants } from './rows';

/** How many rows fill a page, unless their bytes do. */
const mostRows = 1000;

/** Rows of grants. `next` is where the next page begins. */
export type GrantPage = GrantRows & { next?: string };

/**
 * A person's grants, sorted by key: those that have not ended, then those that ended in the last months. The first page reads all rows, as
 * no index knows which are alive.
 */
export async function pageGrantsOf(table: Table, email: string, from: string | undefined): Promise<GrantPage> {
  const pk = keys.grants(email);
  const [phase, after = ''] = from?.split(' ') ?? [];
  if (phase === 'ended') {
    const page = fitPage(await table.page({ pk, from: `${after}${start}`, to: end, limit: mostRows }));
    return { ...parseGrants(table, page.items.filter(hasEnded)), ...nextOf(page, 'ended') };
  }
  const items = await table.query({ pk });
  const alive = items.filter((item) => !hasEnded(item) && String(item.sk) > after);
  const ordered = [...alive, ...items.filter(hasEnded)];
  const page = fitPage({ items: ordered.slice(0, mostRows), more: ordered.length > mostRows });
  const reached = page.items.length > alive.length ? 'ended' : 'alive';
  return { ...parseGrants(table, page.items), ...nextOf(page, reached) };
}

/** Everybody's grants on a host, from the index, which may lag a moment. */
export async function pageGrantsOn(table: Table, host: string, from = start): Promise<GrantPage> {
  const query = { pk: keys.grantsOn(host), index: 'listed', from, to: end, limit: mostRows } as const;
  const page = fitPage(await table.page(query));
  return { ...parseGrants(table, page.items), ...nextAfter(page, 'listSk') };
}

/** A position in the index `due`: a part, and the keys of its last row on this page. */
const position = v.tuple([
  v.number(),
  v.optional(v.object({ pk: v.string(), sk: v.string(), duePk: v.string(), dueAt: v.number() })),
]);

/** Everybody's grants that have not ended, part by part, from the index, which may lag a moment. */
export async function pageLiveGrants(table: Table, from = '[0]'): Promise<GrantPage> {
  let [part, after] = v.parse(position, JSON.parse(from));
  const items: Item[] = [];
  for (; part < keys.dueShards.length; part += 1, after = undefined) {
    const left = mostRows - items.length;
    const found = await table.query({
      pk: keys.dueShards[part] ?? '',
      index: 'due',
      atMost: left,
      ...(after && { after }),
    });
    items.push(...found);
    if (found.length === left) break;
  }
  const page = fitPage({ items, more: part < keys.dueShards.length });
  const rows = parseGrants(table, page.items);
  if (!page.more) return rows;
  const { pk, sk, duePk, dueAt } = page.items.at(-1) ?? {};
  return { ...rows, next: JSON.stringify([keys.dueShards.indexOf(String(duePk)), { pk, sk, duePk, dueAt }]) };
}

const hasEnded = ({ state }: Item): boolean => state === 'ended';

/** The space is safe: no sort key holds one. */
const nextOf = ({ items, more }: Page, phase: 'alive' | 'ended'): { next?: string } =>
  more ? { next: `${phase} ${items.at(-1)?.sk}` } : {};
