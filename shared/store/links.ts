import * as v from 'valibot';
import { day, seconds } from '../time';
import type { LinkParts, TokenClaims } from '../tokens';
import { keys } from './keys';
import type { Item, Table } from './table';

/** How long a link's item outlives its end, so that a late visitor reads "expired" and not "unknown". */
const keptAfterEnd = 7 * day;

/** A link, and later the token that it became: one item, moved `sent` -> `redeemed` -> `revoked`. */
const linkItem = v.object({
  email: v.string(),
  id: v.string(),
  hash: v.string(),
  state: v.picklist(['sent', 'redeemed', 'revoked']),
  expiresAt: v.number(),
  tokenExpiresAt: v.optional(v.number()),
  /** Of a terminal login, from here on: the hashes of its code and of its poll secret, and who asked. */
  code: v.optional(v.string()),
  poll: v.optional(v.string()),
  askedFrom: v.optional(v.string()),
  askedBy: v.optional(v.string()),
  /** How many codes were tried, and the hash of the last one. */
  tries: v.optional(v.number(), 0),
  tried: v.optional(v.string()),
});
export type Link = v.InferOutput<typeof linkItem>;

/** What a link for a terminal keeps besides. */
export type TerminalFields = Required<Pick<Link, 'code' | 'poll' | 'askedFrom' | 'askedBy'>>;

/** How many links an address was sent today (UTC), how many of them for terminals, and when the last one. */
const sentItem = v.object({
  sentAt: v.number(),
  day: v.string(),
  count: v.number(),
  terminals: v.optional(v.number(), 0),
});
export type SentLinks = v.InferOutput<typeof sentItem>;

export async function readSentLinks(table: Table, email: string): Promise<SentLinks | undefined> {
  const item = await table.get(keys.sentLinks(email));
  return item && v.parse(sentItem, item);
}

/** Decides that a link may be sent: false if another one was sent since `before` was read. */
export function recordSentLink(
  table: Table,
  email: string,
  before: SentLinks | undefined,
  after: SentLinks,
): Promise<boolean> {
  const item = { ...keys.sentLinks(email), ...after, deleteAt: after.sentAt + 2 * day };
  if (!before) return table.put(item, { if: 'attribute_not_exists(#pk)' });
  return table.put(item, {
    if: '#sentAt = :sentAt AND #count = :count',
    values: { sentAt: before.sentAt, count: before.count },
  });
}

/** Counts one request of a caller in this hour: false, and not counted, above the limit. */
export async function countRequest(table: Table, caller: string, limit: number, now: Date): Promise<boolean> {
  const hour = Math.floor(seconds(now) / 3600);
  const change = { add: { count: 1 }, set: { deleteAt: (hour + 2) * 3600 } };
  const below = { if: 'attribute_not_exists(#count) OR #count < :limit', values: { limit } };
  return (await table.update(keys.caller(caller, hour), { ...change, ...below })) !== undefined;
}

export async function putLink(
  table: Table,
  link: Omit<LinkParts, 'terminal'> & { expiresAt: number },
  terminal?: TerminalFields,
): Promise<void> {
  const { email, id, hash, expiresAt } = link;
  await table.put({
    ...keys.link(link),
    email,
    id,
    hash,
    state: 'sent',
    expiresAt,
    ...(terminal && { ...terminal, tries: 0 }),
    deleteAt: expiresAt + keptAfterEnd,
  });
}

export async function readLink(table: Table, link: { email: string; id: string }): Promise<Link | undefined> {
  const item = await table.get(keys.link(link));
  return item && parseLinkItem(item);
}

export const parseLinkItem = (item: Item): Link => v.parse(linkItem, item);

/** Decides who gets the token of a link: true for one request only, and only while the link is unspent and unexpired. */
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

/** What a link becomes with its token. */
export const redeemed = (expiresAt: number, now: number) => ({
  state: 'redeemed',
  tokenExpiresAt: expiresAt,
  redeemedAt: now,
  deleteAt: expiresAt + keptAfterEnd,
});

/** Whether the code of a terminal login was typed. */
export const isConfirmed = ({ code, tried }: Link): boolean => code !== undefined && tried === code;

/** Seconds past the end of a link in which a terminal may still fetch the token of a login that was confirmed in time. */
export const pollGrace = 60;

/** Whether a terminal may have its token now. */
export const waitsForPoll = (link: Link, now: number): boolean =>
  link.state === 'sent' && isConfirmed(link) && link.expiresAt + pollGrace > now;

/** Whether the link behind a token still vouches for it. */
export const vouches = (link: Link | undefined, claims: TokenClaims): boolean =>
  link?.state === 'redeemed' && link.email === claims.email;

/** The links of a person that are live tokens, or logins of terminals that have only to fetch theirs. */
export async function liveTokens(table: Table, email: string, now: number): Promise<Link[]> {
  const items = await table.query({ pk: keys.links(email), prefix: 'link#' });
  return items
    .map(parseLinkItem)
    .filter((link) => (link.state === 'redeemed' && (link.tokenExpiresAt ?? 0) > now) || waitsForPoll(link, now));
}

export async function revokeToken(table: Table, link: Link, now: number): Promise<boolean> {
  const change = {
    set: { state: 'revoked', revokedAt: now },
    if: '#state = :redeemed OR (#state = :sent AND #tried = #code)',
    values: { redeemed: 'redeemed', sent: 'sent' },
  };
  return (await table.update(keys.link(link), change)) !== undefined;
}
