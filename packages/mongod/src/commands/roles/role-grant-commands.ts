import type { Document } from 'mongodb';
import { type RoleRecord, sameRole } from '../../auth/roles';
import { mergePrivileges, resourceKey } from '../../auth/show-roles';
import type { Privilege, RoleName } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import type { Call, Command } from '../command';
import { onEachRole, rolesExist, uniqueRoles } from '../users/user-arguments';
import { onEachPrivilege, roleArguments } from './role-arguments';
import { changeable, mayHold, mayInherit } from './role-checks';

/** Roles and privileges put into a user-defined role and taken out again. */
export const roleGrantCommands: readonly Command[] = [
  {
    name: 'grantRolesToRole',
    check: (call) => void rolesOf(call),
    needs: (call) => onEachRole('grantRole', rolesOf(call)),
    run: (call) =>
      change(call, (record) => {
        mayInherit(call, record, rolesOf(call));
        return { ...record, roles: uniqueRoles([...record.roles, ...rolesOf(call)]) };
      }),
  },
  {
    name: 'revokeRolesFromRole',
    check: (call) => void rolesOf(call),
    needs: (call) => onEachRole('revokeRole', rolesOf(call)),
    run: (call) =>
      change(call, (record) => {
        rolesExist(call, rolesOf(call));
        return { ...record, roles: record.roles.filter((role) => !rolesOf(call).some((gone) => sameRole(gone, role))) };
      }),
  },
  {
    name: 'grantPrivilegesToRole',
    check: (call) => void privilegesOf(call),
    needs: (call) => onEachPrivilege('grantRole', privilegesOf(call)),
    run: (call) =>
      change(call, (record) => {
        mayHold(record, privilegesOf(call));
        return { ...record, privileges: mergePrivileges([...record.privileges, ...privilegesOf(call)]) };
      }),
  },
  {
    name: 'revokePrivilegesFromRole',
    check: (call) => void privilegesOf(call),
    needs: (call) => onEachPrivilege('revokeRole', privilegesOf(call)),
    run: (call) =>
      change(call, (record) => ({ ...record, privileges: without(record.privileges, privilegesOf(call)) })),
  },
];

const rolesOf = (call: Call): RoleName[] => present(call, 'roles', roleArguments(call, ['roles']).roles);
const privilegesOf = (call: Call): Privilege[] =>
  present(call, 'privileges', roleArguments(call, ['privileges']).privileges);

function present<T>({ name }: Call, field: string, list: T[] | undefined): T[] {
  if (list === undefined) throw new ServerError(4, `Missing expected field "${field}"`);
  if (list.length === 0) throw new ServerError(2, `${name} command requires a non-empty "${field}" array`);
  return list;
}

function change(call: Call, to: (record: RoleRecord) => RoleRecord): Document {
  const { name } = roleArguments(call, ['roles', 'privileges']);
  call.server.roles.put(to(changeable(call, name)));
  return {};
}

/** An action is taken from the privilege on exactly the same resource only. */
function without(held: readonly Privilege[], gone: readonly Privilege[]): Privilege[] {
  return held
    .map(({ resource, actions }) => {
      const same = gone.filter((privilege) => resourceKey(privilege.resource) === resourceKey(resource));
      return {
        resource,
        actions: actions.filter((action) => !same.some((privilege) => privilege.actions.includes(action))),
      };
    })
    .filter(({ actions }) => actions.length > 0);
}
