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

/** From a moment on, up to another one (not included) or to the position where the page before ended. */
export interface Span {
  from: string;
  to: string;
}

export interface Search extends Span {
  wanted(event: StoredEvent): boolean;
}

export interface EventPage {
  events: StoredEvent[];
  /** Where the next page begins; none on the last one. */
  next?: string;
}

const isoLength = 24;
const pageSize = 100;
/** Reads in a row for one answer. If they find nothing, the caller gets an empty page and asks again. */
const mostRounds = 20;
const mostAtOnce = 64;

/**
 * Everybody's events, newest first. It reads day by day, and more days at once the longer it finds nothing. `since`: before it no events
 * are kept. `latest`: no event is later.
 */
export async function readAllEvents(
  table: Table,
  { since, latest, wanted, ...span }: Search & { since: string; latest: string },
): Promise<EventPage> {
  const events: StoredEvent[] = [];
  let { from, to } = span;
  let [began, oldest] = [since, to];
  let atOnce = 1;
  for (let rounds = 0; rounds < mostRounds && to > from && events.length < pageSize; rounds++) {
    const days = daysBefore(to, from, atOnce);
    const [known, pages] = await together([
      rounds === 0 ? readBegan(table, latest) : undefined,
      together(days.map((day) => table.page({ ...backwards, pk: keys.events(day.date), ...day }))),
    ]);
    for (const [index, { items, more }] of pages.entries()) {
      events.push(...items.map((item) => parseEvent(table, item)).filter(wanted));
      oldest = String(items.at(-1)?.sk ?? oldest);
      to = (more ? items.at(-1)?.sk?.toString() : undefined) ?? days[index]?.from ?? to;
      if (more || events.length >= pageSize) break;
    }
    atOnce = pages.every(({ items }) => items.length === 0) ? Math.min(atOnce * 2, mostAtOnce) : 1;
    if (known !== undefined && known > began) began = known;
    if (began > from) from = began;
  }
  if (to <= began) await noteBegan(table, began, closedBefore(oldest));
  return { events, ...(to > from && { next: to }) };
}

/** One person's events, newest first: what happened to them, and what they did to others. */
export async function readEventsOf(table: Table, email: string, { from, to, wanted }: Search): Promise<EventPage> {
  const pages = await together([
    table.page({ ...backwards, pk: keys.eventsOf(email), index: 'listed', from, to }),
    table.page({ ...backwards, pk: keys.eventsBy(email), from, to }),
  ]);
  // A page that was cut off tells nothing about what comes before its last item. Older events of the other page must wait.
  const known = pages.map(({ items, more }) => (more ? String(items.at(-1)?.sk ?? from) : from));
  const first = known.reduce((a, b) => (a > b ? a : b));
  const events = pages
    .flatMap(({ items }) => items.map((item) => parseEvent(table, item)))
    .filter(({ sk }) => sk >= first)
    .sort((a, b) => (a.sk < b.sk ? 1 : -1));
  return { events: events.filter(wanted), ...(first > from && { next: first }) };
}

const firstDay = v.object({ day: v.pipe(v.string(), v.isoDate()) });

/** The day before which there are no events, if somebody has found out. One that is not over hides what may still come, so it is wrong. */
async function readBegan(table: Table, latest: string): Promise<string | undefined> {
  const item = await table.get(keys.eventsBegan);
  const day = item && readRow(table, firstDay, item)?.day;
  return day !== undefined && day <= closedBefore(latest) ? day : undefined;
}

/** A clock may be late, and an event may be under way, so the last days are not over. */
const openDays = 2;

const closedBefore = (moment: string): string =>
  new Date(Date.parse(moment.slice(0, isoLength)) - openDays * day * 1000).toISOString().slice(0, 10);

/** Spares later readers of a young service the days before it. If this fails, the next reader does it. */
async function noteBegan(table: Table, known: string, found: string): Promise<void> {
  if (found > known) await table.put({ ...keys.eventsBegan, day: found }).catch(() => {});
}

const backwards = { backwards: true, limit: pageSize };

/** The last days before this position, `most` at most, each with its part of the span. A bare moment comes before all its events. */
function daysBefore(to: string, from: string, most: number): (Span & { date: string })[] {
  const last = to.length > isoLength ? Date.parse(to.slice(0, isoLength)) : Date.parse(to) - 1;
  const dates = Array.from({ length: most }, (_, index) =>
    new Date(last - index * day * 1000).toISOString().slice(0, 10),
  );
  return dates
    .filter((date) => date >= from.slice(0, 10))
    .map((date, index) => ({ date, from: from > date ? from : date, to: index === 0 ? to : `${date}~` }));
}

/** The span between these moments; without them everything that is kept. `since`, `latest`: nothing is kept outside of these. */
export function spanOf({ from, to, now }: { from?: Date | undefined; to?: Date | undefined; now: Date }) {
  const earliest = new Date(now.getTime() - (kept + day) * 1000);
  // An event of this very moment may already be in the table.
  const latest = new Date(now.getTime() + 1000);
  return {
    from: (from && from > earliest ? from : earliest).toISOString(),
    to: (to && to < latest ? to : latest).toISOString(),
    ...{ since: earliest.toISOString(), latest: latest.toISOString() },
  };
}

/** The place that an event is about; for a rule it may hold patterns. */
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
    // A ruler's `which` means something else.
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
