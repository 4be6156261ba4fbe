import * as v from 'valibot';
import { day, seconds } from '../policy/time';
import type { LinkParts, TokenClaims } from '../tokens/tokens';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Item, Key, Table } from './table';

/** How long a link's item stays after its end, so that a late visitor reads "expired" and not "unknown". */
const keptAfterEnd = 7 * day;

/** How long it stays after its token's end: a name that redeemed a link is not invented, see new-addresses.ts. */
const keptAfterToken = 400 * day;

/** A link, and later its token: one item that moves `sent` -> `redeemed` -> `revoked`. */
const linkItem = v.object({
  email: v.string(),
  id: v.string(),
  hash: v.string(),
  state: v.picklist(['sent', 'redeemed', 'revoked']),
  expiresAt: v.number(),
  tokenExpiresAt: v.optional(v.number()),
  /** The next fields are for terminal logins: the hashes of the code and the poll secret, and who asked. */
  code: v.optional(v.string()),
  poll: v.optional(v.string()),
  askedFrom: v.optional(v.string()),
  askedBy: v.optional(v.string()),
  /** How many codes were tried, and the hash of the last one. */
  tries: v.optional(v.number(), 0),
  tried: v.optional(v.string()),
});
export type Link = v.InferOutput<typeof linkItem>;

/** The extra fields of a terminal's link. */
export type TerminalFields = Required<Pick<Link, 'code' | 'poll' | 'askedFrom' | 'askedBy'>>;

/** Counts one request of a caller in this hour. Above the limit it answers false and counts nothing. */
export async function countRequest(
  table: Table,
  caller: string,
  { limit, now }: { limit: number; now: Date },
): Promise<boolean> {
  const hour = Math.floor(seconds(now) / 3600);
  const change = { add: { count: 1 }, set: { deleteAt: (hour + 2) * 3600 } };
  const below = { if: 'attribute_not_exists(#count) OR #count < :limit', values: { limit } };
  return (await table.update(keys.caller(caller, hour), { ...change, ...below })) !== undefined;
}

/** Stores a new link, only if it is absent: a late first attempt must not undo what happened to the link since. */
export async function putLink(
  table: Table,
  link: Omit<LinkParts, 'terminal'> & { expiresAt: number },
  terminal?: TerminalFields,
): Promise<void> {
  const { email, id, hash, expiresAt } = link;
  const sent = { email, id, hash, state: 'sent', expiresAt, ...(terminal && { ...terminal, tries: 0 }) };
  const item = { ...keys.link(link), ...sent, deleteAt: expiresAt + keptAfterEnd };
  const put = await table.put(item, { if: 'attribute_not_exists(#pk)' });
  if (!put) throw new Error('Another link has this id');
}

export async function readLink(table: Table, link: { email: string; id: string }): Promise<Link | undefined> {
  const item = await table.get(keys.link(link));
  return item && parseLinkItem(table, item);
}

/** None if it can't be read. Such a link opens nothing. */
export const parseLinkItem = (table: Table, item: Item): Link | undefined => readRow(table, linkItem, item);

/** Decides who gets the token of a link: true for only one request, while the link is unspent and unexpired. */
export async function redeemLink(
  table: Table,
  link: Omit<LinkParts, 'terminal'>,
  { expiresAt, now }: { expiresAt: number; now: number },
): Promise<boolean> {
  const item = await table.update(keys.link(link), {
    set: redeemed(expiresAt, now),
    if: '#hash = :hash AND #state = :sent AND #expiresAt > :now AND attribute_not_exists(#code)',
    values: { hash: link.hash, sent: 'sent', now },
  });
  return item !== undefined;
}

/** The fields that a link gets with its token. */
export const redeemed = (expiresAt: number, now: number) => ({
  state: 'redeemed',
  tokenExpiresAt: expiresAt,
  redeemedAt: now,
  deleteAt: expiresAt + keptAfterToken,
});

/** Whether the code of a terminal login was typed. */
export const isConfirmed = ({ code, tried }: Link): boolean => code !== undefined && tried === code;

/** Seconds after a link's end in which a terminal may still fetch the token of a login that was confirmed in time. */
export const pollGrace = 60;

export const waitsForPoll = (link: Link, now: number): boolean =>
  link.state === 'sent' && isConfirmed(link) && link.expiresAt + pollGrace > now;

/** Whether the link behind a token still vouches for it, whatever end the token itself names. */
export const vouches = (link: Link | undefined, claims: TokenClaims, now: number): boolean =>
  link?.state === 'redeemed' && link.email === claims.email && (link.tokenExpiresAt ?? 0) > now;

/** A person's links that are live tokens or confirmed terminal logins, and those that can't be read, as they may be live. */
export async function readLiveTokens(table: Table, email: string, now: number): Promise<Key[]> {
  const items = await table.query({ pk: keys.links(email), prefix: 'link#' });
  const isLive = (link: Link) =>
    (link.state === 'redeemed' && (link.tokenExpiresAt ?? 0) > now) || waitsForPoll(link, now);
  return items.flatMap((item) => {
    const link = parseLinkItem(table, item);
    return !link || isLive(link) ? [keys.link({ email, id: String(item.sk).replace(/^link#/, '') })] : [];
  });
}

export async function revokeToken(table: Table, link: Key, now: number): Promise<boolean> {
  const change = {
    set: { state: 'revoked', revokedAt: now },
    if: 'attribute_exists(#pk) AND #state <> :revoked AND (#state <> :sent OR #tried = #code)',
    values: { revoked: 'revoked', sent: 'sent' },
  };
  return (await table.update(link, change)) !== undefined;
}
