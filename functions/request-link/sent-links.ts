import * as v from 'valibot';
import { callerOf } from '../../shared/contract/names';
import { day, seconds } from '../../shared/policy/time';
import { keys } from '../../shared/store/keys';
import { readRow } from '../../shared/store/read-row';
import type { Item, Table } from '../../shared/store/table';
import { sha256 } from '../../shared/tokens/tokens';

// One item for each address counts its links of the day (UTC): in all, and by source in `count_<source>`; `at_<source>` is the time of its
// last link. One conditional write checks all limits at once.

/** How many links an address got today, and when it got the last one. */
const sentItem = v.looseObject({ sentAt: v.number(), day: v.string(), count: v.number() });
export type SentLinks = v.InferOutput<typeof sentItem>;

/** The limits for one request. */
export interface LinkLimits {
  /** Seconds between two links for one source. */
  cooldown: number;
  /** Links a day in all. */
  mostInAll: number;
  /** Links a day for one source. */
  mostFromOne: number;
}

export interface LinkRequest {
  email: string;
  ip: string;
  now: Date;
}

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/** The fields of a source. They use its hash, since an address can't be a field's name. */
function fieldsOf(ip: string): { at: string; count: string } {
  const source = sha256(callerOf(ip)).slice(0, 16);
  return { at: `at_${source}`, count: `count_${source}` };
}

/** What an address was sent. An item that can't be read counts as none here: the write decides, and a new day starts afresh. */
export const parseSentLinks = (table: Table, item: Item | undefined): SentLinks | undefined =>
  item && readRow(table, sentItem, item);

/** Why a request gets no link now; nothing if it may. */
export function tooSoon(sent: SentLinks | undefined, asked: LinkLimits & LinkRequest): string | undefined {
  if (!sent) return undefined;
  const { ip, now, cooldown, mostInAll, mostFromOne } = asked;
  const { at, count } = fieldsOf(ip);
  if (seconds(now) < numberIn(sent[at]) + cooldown) return 'too_soon';
  if (sent.day !== dayOf(now)) return undefined;
  if (sent.count >= mostInAll) return 'too_many_today';
  return numberIn(sent[count]) >= mostFromOne ? 'too_many_from_source' : undefined;
}

const numberIn = (value: unknown): number => (typeof value === 'number' ? value : Number.NEGATIVE_INFINITY);

/** Counts a link if it may be sent. At a limit it answers false and counts nothing. */
export async function countLink(
  table: Table,
  before: SentLinks | undefined,
  asked: LinkLimits & LinkRequest,
): Promise<boolean> {
  if (tooSoon(before, asked)) return false;
  const begins = before?.day !== dayOf(asked.now);
  // If another request began the day meanwhile, this one is added to its count.
  return (begins && (await beginDay(table, before, asked))) || addLink(table, asked);
}

/** The first link of a day. Sources that just had one still have to wait. */
function beginDay(
  table: Table,
  before: SentLinks | undefined,
  { cooldown, email, ip, now }: LinkLimits & LinkRequest,
): Promise<boolean> {
  const moment = seconds(now);
  const { at, count } = fieldsOf(ip);
  const waiting = Object.entries(before ?? {}).filter(
    ([field, value]) => field.startsWith('at_') && numberIn(value) > moment - cooldown,
  );
  const item = {
    ...keys.sentLinks(email),
    ...Object.fromEntries(waiting),
    ...{ sentAt: moment, day: dayOf(now), count: 1, [at]: moment, [count]: 1, deleteAt: moment + 2 * day },
  };
  const condition = before
    ? { if: '#sentAt = :sentAt AND #count = :count', values: { sentAt: before.sentAt, count: before.count } }
    : { if: 'attribute_not_exists(#day) OR #day <> :day', values: { day: item.day } };
  return table.put(item, condition);
}

async function addLink(table: Table, asked: LinkLimits & LinkRequest): Promise<boolean> {
  const { email, ip, now, mostInAll, mostFromOne, cooldown } = asked;
  const moment = seconds(now);
  const { at, count } = fieldsOf(ip);
  const item = await table.update(keys.sentLinks(email), {
    set: { sentAt: moment, [at]: moment, deleteAt: moment + 2 * day },
    add: { count: 1, [count]: 1 },
    if: `#day = :day AND #count < :mostInAll AND (attribute_not_exists(#${count}) OR #${count} < :mostFromOne) AND (attribute_not_exists(#${at}) OR #${at} <= :calm)`,
    values: { day: dayOf(now), mostInAll, mostFromOne, calm: moment - cooldown },
  });
  return item !== undefined;
}

/** Takes a link that was not mailed out of the count, so that its source need not wait. It is safe to repeat. */
export async function uncountLink(table: Table, { email, ip, now }: LinkRequest): Promise<void> {
  const { at, count } = fieldsOf(ip);
  const key = keys.sentLinks(email);
  const own = { if: `#day = :day AND #${at} = :at`, values: { day: dayOf(now), at: seconds(now) } };
  // Removes a source that got no link, as countless sources would fill the item.
  const only = { if: `${own.if} AND #${count} = :one`, values: { ...own.values, one: 1 } };
  const wasOnly = await table.update(key, { add: { count: -1 }, remove: [at, count], ...only });
  if (!wasOnly) await table.update(key, { add: { count: -1, [count]: -1 }, remove: [at], ...own });
}
