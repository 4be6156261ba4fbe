import type { Document } from 'mongodb';
import { sameRole } from '../../auth/roles';
import type { RoleName } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import { arrayArgument, missingField, nameArgument, onlyFields, roleNames } from '../arguments';
import type { Call, Command } from '../command';
import { onEachRole, rolesExist, uniqueRoles, userNamed } from './user-arguments';

/** Roles given to a user and taken away, one by one: the right is needed where the roles live, not where the user does. */
export const userRoleCommands: readonly Command[] = [
  {
    name: 'grantRolesToUser',
    check: (call) => void parse(call),
    needs: (call) => onEachRole('grantRole', parse(call).roles),
    run: (call) => change(call, (held, roles) => uniqueRoles([...held, ...roles])),
  },
  {
    name: 'revokeRolesFromUser',
    check: (call) => void parse(call),
    needs: (call) => onEachRole('revokeRole', parse(call).roles),
    run: (call) => change(call, (held, roles) => held.filter((role) => !roles.some((gone) => sameRole(gone, role)))),
  },
];

function parse(call: Call): { user: string; roles: RoleName[] } {
  onlyFields(call, ['roles']);
  const user = nameArgument(call);
  const roles = arrayArgument(call.body, 'roles');
  if (roles === undefined) throw missingField(`${call.name}.roles`);
  if (roles.length === 0) throw new ServerError(2, `${call.name} command requires a non-empty "roles" array`);
  return { user, roles: roleNames(roles, call.db) };
}

function change(call: Call, to: (held: RoleName[], roles: RoleName[]) => RoleName[]): Document {
  const { user, roles } = parse(call);
  const record = userNamed(call, user);
  rolesExist(call, roles);
  call.server.users.put({ ...record, roles: to(record.roles, roles) });
  return {};
}
