import type { Server } from '../start-mongod';
import type { Connection } from '../state/connection';
import { restrictionsMet } from './restrictions';
import type { UserRecord } from './users';

/**
 * Looks up the logged-in user again, before each request: one who was dropped, or dropped and made again, or who may not
 * come from this address any more, is logged out. The socket stays open.
 */
export function refresh(server: Server, connection: Connection): void {
  const { login } = connection;
  if (login === undefined) return;
  const record = server.users.find(login.user, login.db);
  if (record?.userId.toString('hex') === login.userId && mayComeFrom(server, record, connection)) return;
  connection.login = undefined;
}

/** Whether the user's own restrictions and those of each of their roles are all met by this connection. */
export function mayComeFrom(server: Server, record: UserRecord, connection: Connection): boolean {
  const { remoteAddress, localAddress } = connection;
  const arrays = server.roles.closure(record.roles).map((role) => role.authenticationRestrictions);
  return [record.authenticationRestrictions ?? [], ...arrays].every((restrictions) =>
    restrictionsMet(restrictions, remoteAddress, localAddress),
  );
}
