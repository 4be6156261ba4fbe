import { randomBytes } from 'node:crypto';
import { newId, sha256 } from './tokens';

/** The parts of a ticket: the address in a reminder under which its owner keeps the logins that it names. Only `hash` is stored. */
export interface TicketParts {
  email: string;
  id: string;
  hash: string;
}

/** A new ticket: 192 secret bits. */
export function newTicket(email: string): TicketParts & { ticket: string } {
  const id = newId();
  const secret = randomBytes(24).toString('base64url');
  return { ticket: `${Buffer.from(email).toString('base64url')}.${id}${secret}`, email, id, hash: sha256(secret) };
}

/** The parts of a ticket from outside; none if it can't be one. */
export function parseTicket(ticket: string): TicketParts | undefined {
  const [, address, id, secret] = /^([\w-]{4,340})\.([\w-]{16})([\w-]{32})$/.exec(ticket) ?? [];
  if (!address || !id || !secret) return undefined;
  return { email: Buffer.from(address, 'base64url').toString(), id, hash: sha256(secret) };
}
