import { Binary, UUID } from 'mongodb';
import { HostRefused, HostUnreachable } from '../contract/errors';
import { serverCode } from './mongo-faults';
import type { Host, Message, MongoServers } from './mongo-servers';
import { askForUsers, type ShownUser } from './shown-users';

type Servers = Pick<MongoServers, 'command'>;

/** All ids begin with a number below this, and they are random. */
const whole = 2 ** 32;
const first = whole / 256;
const least = whole / 2 ** 24;

/** How many users one answer should show: with a tag of ours, each takes 300 bytes. */
const wanted = 4000;
const narrowing = 16;

/**
 * All users that a `usersInfo` means, in parts: an answer above 16 MB is refused, or ends the connection. Each part is a range of the ids
 * that the server gives its users, as wide as the last part suggests. The last one includes users without an id. A server that knows no
 * such ranges tells everything at once.
 */
export async function* usersInParts(
  servers: Servers,
  host: Host,
  db: string,
  usersInfo: unknown,
): AsyncGenerator<ShownUser[]> {
  const ask = (command: Message) => askForUsers(servers, host, db, { usersInfo, ...command });
  let [width, widest] = [first, whole];
  for (let from = 0; from < whole; ) {
    const to = Math.min(whole, from + width);
    let users: ShownUser[] | undefined;
    try {
      users = await ask({ filter: { userId: between(from, to) } });
    } catch (fault) {
      if (isFilterRefused(fault)) return void (yield notBelow(from, await ask({})));
      widest = Math.ceil((to - from) / narrowing);
      if (widest < least || !(await mayBeTooMuch(servers, host, fault))) throw fault;
    }
    if (users) {
      yield notBelow(from, users);
      if (users.some((user) => !isWithin(startOf(user), from, to))) return;
      from = to;
      width = Math.ceil((width * wanted) / Math.max(1, users.length));
    }
    width = Math.min(widest, width);
  }
}

/** Without those that an earlier part told. */
const notBelow = (from: number, users: ShownUser[]): ShownUser[] =>
  users.filter((user) => (startOf(user) ?? whole) >= from);

const isWithin = (start: number | undefined, from: number, to: number): boolean =>
  start === undefined ? to === whole : start >= from && start < to;

/** The beginning of a user's id; none if it has no id. */
const startOf = ({ userId }: ShownUser): number | undefined =>
  userId instanceof Binary ? Buffer.from(userId.buffer).readUInt32BE(0) : undefined;

const between = (from: number, to: number) => {
  if (to === whole) return { $not: { $lt: idAt(from) } };
  return { ...(from > 0 && { $gte: idAt(from) }), $lt: idAt(to) };
};

const idAt = (start: number): UUID => new UUID(start.toString(16).padStart(8, '0').padEnd(32, '0'));

const UNAUTHORIZED = 13;
const TOO_LARGE = 10_334;

/** Whether a server refused because its answer would be too large. Others hang up instead. */
export const isTooLarge = (fault: unknown): boolean => serverCode(fault) === TOO_LARGE;

/** Whether a server refused something else than to show users. */
const isFilterRefused = (fault: unknown): boolean =>
  fault instanceof HostRefused && ![UNAUTHORIZED, TOO_LARGE].includes(serverCode(fault) ?? UNAUTHORIZED);

/** Whether the answer may have been too large. A server that hangs up over it (6.0.5 does) still answers other commands. */
async function mayBeTooMuch(servers: Servers, host: Host, fault: unknown): Promise<boolean> {
  if (isTooLarge(fault)) return true;
  if (!(fault instanceof HostUnreachable) || fault.why !== 'silent') return false;
  return servers.command(host, 'admin', { ping: 1 }).then(
    () => true,
    () => false,
  );
}
