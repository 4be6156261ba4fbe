import { UUID } from 'mongodb';
import { HostUnreachable } from '../contract/errors';
import { serverCode } from './mongo-faults';
import type { Host, MongoServers } from './mongo-servers';
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
 * that the server gives its users, as wide as the last part suggests. The last one includes users without an id.
 */
export async function* usersInParts(
  servers: Servers,
  host: Host,
  db: string,
  usersInfo: unknown,
): AsyncGenerator<ShownUser[]> {
  let [width, widest] = [first, whole];
  for (let from = 0; from < whole; ) {
    const to = Math.min(whole, from + width);
    const users = await askForUsers(servers, host, db, { usersInfo, filter: { userId: between(from, to) } }).catch(
      async (fault: unknown) => {
        widest = Math.ceil((to - from) / narrowing);
        if (widest < least || !(await mayBeTooMuch(servers, host, fault))) throw fault;
      },
    );
    if (users) {
      yield users;
      from = to;
      width = Math.ceil((width * wanted) / Math.max(1, users.length));
    }
    width = Math.min(widest, width);
  }
}

const between = (from: number, to: number) => {
  if (to === whole) return { $not: { $lt: idAt(from) } };
  return { ...(from > 0 && { $gte: idAt(from) }), $lt: idAt(to) };
};

const idAt = (start: number): UUID => new UUID(start.toString(16).padStart(8, '0').padEnd(32, '0'));

const TOO_LARGE = 10_334;

/** Whether a server refused because its answer would be too large. Others hang up instead. */
export const isTooLarge = (fault: unknown): boolean => serverCode(fault) === TOO_LARGE;

/** Whether the answer may have been too large. A server that hangs up over it (6.0.5 does) still answers other commands. */
async function mayBeTooMuch(servers: Servers, host: Host, fault: unknown): Promise<boolean> {
  if (isTooLarge(fault)) return true;
  if (!(fault instanceof HostUnreachable) || fault.why !== 'silent') return false;
  return servers.command(host, 'admin', { ping: 1 }).then(
    () => true,
    () => false,
  );
}
