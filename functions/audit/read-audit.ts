import * as v from 'valibot';
import { together } from '../../shared/async/together';
import type { RuleKey } from '../../shared/policy/policy';
import { day } from '../../shared/policy/time';
import { kept } from '../../shared/store/audit';
import { keys } from '../../shared/store/keys';
import { readRow } from '../../shared/store/read-row';
import type { Item, Table } from '../../shared/store/table';

const place = { host: v.optional(v.string()), db: v.optional(v.string()), which: v.optional(v.unknown()) };
const eventItem = v.looseObject({
  sk: v.string(),
  act: v.string(),
  at: v.string(),
  email: v.string(),
  by: v.optional(v.string()),
  ip: v.optional(v.string()),
  host: v.optional(v.string()),
  grant: v.optional(v.looseObject({ ...place, expiresAt: v.number() })),
  wish: v.optional(v.looseObject(place)),
  before: v.optional(v.looseObject(place)),
  after: v.optional(v.looseObject(place)),
});
export type StoredEvent = v.InferOutput<typeof eventItem>;

/** From a moment on, up to but not with another one, or a position that the page before gave. */
export interface Span {
  from: string;
  to: string;
}

/** Which events of a span are looked for. */
export interface Search extends Span {
  wanted(event: StoredEvent): boolean;
}

export interface EventPage {
  events: StoredEvent[];
  /** Where the next page ends; none where there is nothing left. */
  next?: string;
}

const isoLength = 24;
const pageSize = 100;
/** Reads made for one answer, one after the other: who finds nothing for so long gets an empty page, and asks on. */
const mostRounds = 20;
const mostAtOnce = 64;

/** Events newest first, of everybody: a day after the other, and the more days at once, the longer nothing is found. */
export async function readAllEvents(table: Table, { from, wanted, ...span }: Search): Promise<EventPage> {
  const events: StoredEvent[] = [];
  let { to } = span;
  let atOnce = 1;
  for (let rounds = 0; rounds < mostRounds && to > from && events.length < pageSize; rounds++) {
    const days = daysBefore(to, from, atOnce);
    const pages = await together(days.map((day) => table.page({ ...backwards, pk: keys.events(day.date), ...day })));
    for (const [index, { items, more }] of pages.entries()) {
      events.push(...items.map((item) => parseEvent(table, item)).filter(wanted));
      to = (more ? items.at(-1)?.sk?.toString() : undefined) ?? days[index]?.from ?? to;
      if (more || events.length >= pageSize) break;
    }
    atOnce = pages.every(({ items }) => items.length === 0) ? Math.min(atOnce * 2, mostAtOnce) : 1;
  }
  return { events, ...(to > from && { next: to }) };
}

/** Events newest first of one person: what happened to them, and what they did to others. */
export async function readEventsOf(table: Table, email: string, { from, to, wanted }: Search): Promise<EventPage> {
  const pages = await together([
    table.page({ ...backwards, pk: keys.eventsOf(email), index: 'listed', from, to }),
    table.page({ ...backwards, pk: keys.eventsBy(email), from, to }),
  ]);
  // Of a page that was cut off nothing is known before its last item, so what the other one holds before that must wait.
  const known = pages.map(({ items, more }) => (more ? String(items.at(-1)?.sk ?? from) : from));
  const first = known.reduce((a, b) => (a > b ? a : b));
  const events = pages
    .flatMap(({ items }) => items.map((item) => parseEvent(table, item)))
    .filter(({ sk }) => sk >= first)
    .sort((a, b) => (a.sk < b.sk ? 1 : -1));
  return { events: events.filter(wanted), ...(first > from && { next: first }) };
}

const backwards = { backwards: true, limit: pageSize };

/** The days that hold the last positions before this one, so many at most, each with its part of the span. A moment alone comes before every event of it. */
function daysBefore(to: string, from: string, most: number): (Span & { date: string })[] {
  const last = to.length > isoLength ? Date.parse(to.slice(0, isoLength)) : Date.parse(to) - 1;
  const dates = Array.from({ length: most }, (_, index) =>
    new Date(last - index * day * 1000).toISOString().slice(0, 10),
  );
  return dates
    .filter((date) => date >= from.slice(0, 10))
    .map((date, index) => ({ date, from: from > date ? from : date, to: index === 0 ? to : `${date}~` }));
}

/** The span that these two moments name; what was kept up to now where they name none. */
export function spanOf({ from, to, now }: { from?: Date | undefined; to?: Date | undefined; now: Date }): Span {
  const earliest = new Date(now.getTime() - (kept + day) * 1000);
  // An event of this very moment may be there already.
  const latest = new Date(now.getTime() + 1000);
  return {
    from: (from && from > earliest ? from : earliest).toISOString(),
    to: (to && to < latest ? to : latest).toISOString(),
  };
}

/** What an event is about, patterns of a rule included. */
export function placeOf({
  host,
  grant,
  wish,
  after,
  before,
}: StoredEvent): Pick<Partial<RuleKey>, 'host' | 'db' | 'which'> {
  const { host: at = host, db, which } = grant ?? wish ?? after ?? before ?? {};
  return {
    ...(at !== undefined && { host: at }),
    ...(db !== undefined && { db }),
    // A ruler's `which` is another thing.
    ...((which === 'allow' || which === 'deny') && { which }),
  };
}

/** An event that can't be read must not hide the others. */
function parseEvent(table: Table, item: Item): StoredEvent {
  const event = readRow(table, eventItem, item);
  if (event) return event;
  const { pk, sk, at, email } = item;
  return { act: 'unreadable', sk: `${sk}`, at: `${at}`, email: `${email}`, unreadable: `${pk} ${sk}` };
}
