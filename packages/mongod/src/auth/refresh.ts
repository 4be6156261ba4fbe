import type { Accounts } from './privileges';
import { restrictionsMet } from './restrictions';
import type { Roles } from './roles';
import type { Login } from './terms';
import type { UserRecord } from './users';

/** What the checks know of a connection. */
export interface Visit {
  readonly remoteAddress: string;
  readonly localAddress: string;
  login: Login | undefined;
}

/**
 * Looks up the logged-in user again, before each request: one who was dropped, or dropped and made again, or who may not
 * come from this address any more, is logged out. The socket stays open.
 */
export function refresh({ users, roles }: Accounts, visit: Visit): void {
  const { login } = visit;
  if (login === undefined) return;
  const record = users.find(login.user, login.db);
  if (record?.userId.toString('hex') === login.userId && mayComeFrom(roles, record, visit)) return;
  visit.login = undefined;
}

/** Whether the user's own restrictions and those of each of their roles are all met by this connection. */
export function mayComeFrom(
  roles: Roles,
  record: UserRecord,
  { remoteAddress, localAddress }: Omit<Visit, 'login'>,
): boolean {
  const arrays = roles.closure(record.roles).map((role) => role.authenticationRestrictions);
  return [record.authenticationRestrictions ?? [], ...arrays].every((restrictions) =>
    restrictionsMet(restrictions, remoteAddress, localAddress),
  );
}
