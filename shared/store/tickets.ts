import * as v from 'valibot';
import { together } from '../async/together';
import { day } from '../policy/time';
import type { TicketParts } from '../tokens/tickets';
import { sameHash } from '../tokens/tokens';
import type { ActiveGrant } from './grants/row';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Table } from './table';

/** How long a ticket's item stays after its end, so that a late visitor reads "over" and not "unknown". */
const keptAfterEnd = 7 * day;

/** How many logins fit into one item, with room to spare. */
const mostLogins = 500;

/** A login that a reminder named, with the end that it had then. */
const namedLogin = v.object({
  id: v.string(),
  host: v.string(),
  db: v.string(),
  role: v.string(),
  label: v.string(),
  expiresAt: v.number(),
});
export type NamedLogin = v.InferOutput<typeof namedLogin>;

const ticketItem = v.object({
  email: v.string(),
  id: v.string(),
  hash: v.string(),
  /** The end of the last of its logins. */
  expiresAt: v.number(),
  logins: v.array(namedLogin),
});
export type Ticket = v.InferOutput<typeof ticketItem>;

/** Stores a ticket for these logins of one person, those that end first if they are too many. */
export async function putTicket(
  table: Table,
  { email, id, hash }: TicketParts,
  grants: readonly ActiveGrant[],
): Promise<void> {
  const logins = grants
    .map(({ id, host, db, role, label, expiresAt }) => ({ id, host, db, role, label, expiresAt }))
    .toSorted((a, b) => a.expiresAt - b.expiresAt)
    .slice(0, mostLogins);
  const expiresAt = Math.max(...logins.map((login) => login.expiresAt));
  const ticket = { email, id, hash, expiresAt, logins };
  await table.put({ ...keys.ticket(ticket), ...ticket, deleteAt: expiresAt + keptAfterEnd });
}

/** The ticket; none if there is no such one, or not with this secret. */
export async function readTicket(table: Table, parts: TicketParts): Promise<Ticket | undefined> {
  const item = await table.get(keys.ticket(parts));
  const ticket = item && readRow(table, ticketItem, item);
  return ticket && sameHash(ticket.hash, parts.hash) ? ticket : undefined;
}

/** Removes every ticket of a person. */
export async function dropTickets(table: Table, email: string): Promise<void> {
  const items = await table.query({ pk: keys.tickets(email) });
  await together(items.map(({ sk }) => table.delete(keys.ticket({ email, id: String(sk) }))));
}
