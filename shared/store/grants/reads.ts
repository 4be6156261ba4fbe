import { together } from '../../async/together';
import { keys } from '../keys';
import { end, type Item, nextAfter, type Page, start, type Table } from '../table';
import { type Grant, type LivingGrant, parseGrant } from './row';
import { type GrantRows, parseGrants } from './rows';
import { counts } from './states';

/** How many rows fill a page, unless their bytes do. */
const mostRows = 1000;

/** A person's grants, with those that ended in the last months. */
export async function readGrantsOf(table: Table, email: string, host?: string): Promise<GrantRows> {
  return parseGrants(table, await table.query({ pk: keys.grants(email), ...(host && { prefix: `${host}#` }) }));
}

/** A grant as it is now; none if its row is gone or holds another grant. */
export async function readGrant(table: Table, grant: Grant): Promise<Grant | undefined> {
  const item = await table.get(keys.grant(grant));
  return item?.id === grant.id ? parseGrant(item) : undefined;
}

/** Everybody's grants on a host, from the index, which may lag a moment. */
export async function readGrantsOn(table: Table, host: string): Promise<GrantRows> {
  return parseGrants(table, await table.query({ pk: keys.grantsOn(host), index: 'listed' }));
}

/** The same, page by page, for a host whose grants would fill the memory. Rows that can't be read are reported and left out. */
export async function* eachPageOn(table: Table, host: string): AsyncGenerator<Grant[]> {
  const query = { pk: keys.grantsOn(host), index: 'listed', to: end, limit: mostRows } as const;
  for (let from: string | undefined = start; from !== undefined; ) {
    const page: Page = await table.page({ ...query, from });
    yield parseGrants(table, page.items).grants;
    from = nextAfter(page, 'listSk').next;
  }
}

/** The databases where grants of a host have their users, and where new ones will. */
export async function readUsersDbs(
  table: Table,
  { name, secret: { usersDb } }: { name: string; secret: { usersDb?: string | undefined } },
): Promise<string[]> {
  const dbs = new Set(usersDb === undefined ? [] : [usersDb]);
  for await (const grants of eachPageOn(table, name)) for (const grant of grants) dbs.add(grant.usersDb);
  return [...dbs];
}

/** Everybody's grants that have not ended, or those due by a moment, from the index, which may lag a moment. */
export async function readLiveGrants(table: Table, upTo?: number): Promise<GrantRows<LivingGrant>> {
  const parts = await together(keys.dueShards.map((part) => queryDue(table, part, upTo)));
  const { grants, unreadable } = parseGrants(table, parts.flat());
  return { grants: grants.filter(counts), unreadable };
}

const queryDue = (table: Table, part: string, upTo: number | undefined): Promise<Item[]> =>
  table.query({ pk: part, index: 'due', ...(upTo !== undefined && { upTo }) });
