import { together } from '../../shared/async/together';
import { seconds } from '../../shared/policy/time';
import { keys } from '../../shared/store/keys';
import type { Item, Table } from '../../shared/store/table';
import { parseSentLinks, type SentLinks } from './sent-links';

// A rule for `*@lab.org` also fits invented names. So mails to names that never redeemed a link are counted by domain.

/** What is stored about an address. */
export interface Address {
  sent: SentLinks | undefined;
  /** Nobody has redeemed a link to it for a year or more, so it may have no reader. */
  isNew: boolean;
}

/** How many links of an address are looked at: more than it can be sent in the week for which they are kept. */
const most = 500;

export async function readAddress(table: Table, email: string): Promise<Address> {
  const [sent, links] = await together([
    table.get(keys.sentLinks(email)),
    table.page({ pk: keys.links(email), from: 'link#', to: 'link$', limit: most }),
  ]);
  return { sent: parseSentLinks(table, sent), isNew: !links.items.some(wasRedeemed) };
}

const wasRedeemed = ({ state }: Item): boolean => state === 'redeemed' || state === 'revoked';

const hourOf = (now: Date): number => Math.floor(seconds(now) / 3600);
const keyOf = (email: string, now: Date) => keys.newAddresses(email.slice(email.lastIndexOf('@') + 1), hourOf(now));

/** Mails of this hour to new addresses of the same domain. */
export async function readNewAddresses(table: Table, email: string, now: Date): Promise<number> {
  const { count } = (await table.get(keyOf(email, now))) ?? {};
  return typeof count === 'number' ? count : 0;
}

/** Counts one more. At the limit it answers false and counts nothing. */
export async function countNewAddress(
  table: Table,
  email: string,
  { limit, now }: { limit: number; now: Date },
): Promise<boolean> {
  const change = { add: { count: 1 }, set: { deleteAt: (hourOf(now) + 2) * 3600 } };
  const below = { if: 'attribute_not_exists(#count) OR #count < :limit', values: { limit } };
  return (await table.update(keyOf(email, now), { ...change, ...below })) !== undefined;
}

/** Takes one out of the count because nothing was mailed. */
export async function uncountNewAddress(table: Table, email: string, now: Date): Promise<void> {
  await table.update(keyOf(email, now), { add: { count: -1 }, if: '#count > :none', values: { none: 0 } });
}
