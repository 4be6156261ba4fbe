import * as v from 'valibot';
import type { RuleKey } from '../policy';
import { day } from '../time';
import { kept } from './audit';
import { keys } from './keys';
import type { Item, Table } from './table';

const place = {
  host: v.optional(v.string()),
  db: v.optional(v.string()),
  which: v.optional(v.picklist(['allow', 'deny'])),
};
const eventItem = v.looseObject({
  sk: v.string(),
  act: v.string(),
  at: v.string(),
  email: v.string(),
  by: v.optional(v.string()),
  ip: v.optional(v.string()),
  host: v.optional(v.string()),
  grant: v.optional(v.looseObject(place)),
  wish: v.optional(v.looseObject(place)),
  before: v.optional(v.looseObject(place)),
  after: v.optional(v.looseObject(place)),
});
export type StoredEvent = v.InferOutput<typeof eventItem>;

/** Whether this is a position that a page gave: a day, or an event's sort key. */
export const isPosition = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z(#[!-~]+)?)?$/.test(text) &&
  !Number.isNaN(Date.parse(text.slice(0, isoLength)));

/** From a moment on, up to but not with another one, or a position that the page before gave. */
export interface Span {
  from: string;
  to: string;
}

export interface EventPage {
  events: StoredEvent[];
  /** Where the next page ends; none where there is nothing left. */
  next?: string;
}

const isoLength = 24;
const pageSize = 100;
/** Reads made for one answer: a reader who finds nothing for so long gets an empty page, and asks on. */
const mostReads = 40;

/** Events newest first, of everybody: a day after the other. */
export async function eventsOfAll(
  table: Table,
  span: Span,
  wanted: (event: StoredEvent) => boolean,
): Promise<EventPage> {
  const events: StoredEvent[] = [];
  let { to } = span;
  for (let reads = 0; reads < mostReads && to > span.from; reads++) {
    const date = dayBefore(to);
    const from = span.from > date ? span.from : date;
    const page = await table.page({ ...backwards, pk: keys.events(date), from, to });
    events.push(...page.items.map(parseEvent).filter(wanted));
    to = page.more ? String(page.items.at(-1)?.sk ?? from) : from;
    if (events.length >= pageSize) break;
  }
  return { events, ...(to > span.from && { next: to }) };
}

/** Events newest first of one person: what happened to them, and what they did to others. */
export async function eventsOf(
  table: Table,
  email: string,
  { from, to }: Span,
  wanted: (event: StoredEvent) => boolean,
): Promise<EventPage> {
  const pages = await Promise.all([
    table.page({ ...backwards, pk: keys.eventsOf(email), index: 'listed', from, to }),
    table.page({ ...backwards, pk: keys.eventsBy(email), from, to }),
  ]);
  // Of a page that was cut off nothing is known before its last item, so what the other one holds before that must wait.
  const known = pages.map(({ items, more }) => (more ? String(items.at(-1)?.sk ?? from) : from));
  const first = known.reduce((a, b) => (a > b ? a : b));
  const events = pages
    .flatMap(({ items }) => items.map(parseEvent))
    .filter(({ sk }) => sk >= first)
    .sort((a, b) => (a.sk < b.sk ? 1 : -1));
  return { events: events.filter(wanted), ...(first > from && { next: first }) };
}

const backwards = { backwards: true, limit: pageSize };

/** The day that holds the last position before this one. A moment alone comes before every event of it. */
const dayBefore = (to: string): string =>
  (to.length > isoLength ? to : new Date(Date.parse(to) - 1).toISOString()).slice(0, 10);

/** The span that these two moments name, in seconds since 1970; what was kept up to now where they name none. */
export function spanOf({ from, to, now }: { from?: number | undefined; to?: number | undefined; now: number }): Span {
  const text = (at: number) => new Date(at * 1000).toISOString();
  return { from: text(Math.max(from ?? 0, now - kept - day)), to: text(Math.max(0, to ?? now + 1)) };
}

/** What an event is about, patterns of a rule included. */
export function placeOf({
  host,
  grant,
  wish,
  after,
  before,
}: StoredEvent): Pick<Partial<RuleKey>, 'host' | 'db' | 'which'> {
  return grant ?? wish ?? after ?? before ?? { ...(host !== undefined && { host }) };
}

const parseEvent = (item: Item): StoredEvent => v.parse(eventItem, item);
