import { BSON, type Document } from 'mongodb';
import { anyNormal } from '../../auth/privileges';
import { parseRestrictions } from '../../auth/restrictions';
import { sameRole } from '../../auth/roles';
import { mergePrivileges } from '../../auth/show-roles';
import type { Need, RoleName } from '../../auth/terms';
import { idOf } from '../../auth/users';
import { ServerError } from '../../values/errors';
import { nameAlone, nameArgument, onlyFields, requireFields } from '../arguments';
import type { Call, Command } from '../command';
import { onDb, onEachRole, uniqueRoles } from '../users/user-arguments';
import { onEachPrivilege, roleArguments } from './role-arguments';
import { changeable, mayHold, mayInherit } from './role-checks';
import { roleGrantCommands } from './role-grant-commands';

const fields = ['authenticationRestrictions', 'privileges', 'roles'];
const parse = (call: Call) => roleArguments(call, fields);

export const roleCommands: readonly Command[] = [
  {
    name: 'createRole',
    check(call) {
      requireFields(call, ['privileges', 'roles']);
      parse(call);
    },
    needs: (call) => [onDb('createRole', call.db), ...grantNeeds(call)],
    run: createRole,
  },
  {
    name: 'updateRole',
    check: (call) => void parse(call),
    needs: (call) => [{ action: 'revokeRole', on: anyNormal }, ...grantNeeds(call)],
    run: updateRole,
  },
  {
    name: 'dropRole',
    check: (call) => void nameAlone(call),
    needs: ({ db }) => [onDb('dropRole', db)],
    run: dropRole,
  },
  {
    name: 'dropAllRolesFromDatabase',
    check: (call) => onlyFields(call, []),
    needs: ({ db }) => [onDb('dropRole', db)],
    run: dropAllRolesFromDatabase,
  },
  ...roleGrantCommands,
];

function grantNeeds(call: Call): Need[] {
  const { roles, privileges, restrictions } = parse(call);
  return [
    ...onEachRole('grantRole', roles),
    ...onEachPrivilege('grantRole', privileges),
    ...(restrictions ? [onDb('setAuthenticationRestriction', call.db)] : []),
  ];
}

function createRole(call: Call): Document {
  const { server, db } = call;
  const { name, roles = [], privileges = [], restrictions } = parse(call);
  if (name.role === '') throw new ServerError(2, 'Role name must be non-empty');
  if (db === 'local') throw new ServerError(2, 'Cannot create roles in the local database');
  if (db === '$external') throw new ServerError(2, 'Cannot create roles in the $external database');
  if (server.roles.find(name)?.isBuiltin) {
    throw new ServerError(2, 'Cannot create roles with the same name as a built-in role');
  }
  const parsed = parseRestrictions(restrictions ?? []);
  mayInherit(call, name, roles);
  mayHold(name, privileges);
  if (server.roles.stored(name)) throw new ServerError(51002, `Role "${name.role}@${db}" already exists`);
  server.roles.put({
    _id: idOf(name.role, db),
    ...name,
    privileges: mergePrivileges(privileges),
    roles: uniqueRoles(roles),
    ...(parsed.length > 0 && { authenticationRestrictions: parsed }),
  });
  return {};
}

function updateRole(call: Call): Document {
  const { name, roles, privileges, restrictions } = parse(call);
  if ([roles, privileges, restrictions].every((value) => value === undefined)) {
    throw new ServerError(2, 'Must specify at least one field to update in updateRole');
  }
  const parsed = restrictions && parseRestrictions(restrictions);
  if (call.server.roles.find(name)?.isBuiltin) throw new ServerError(31, `Role ${name.role}@${name.db} not found`);
  const { authenticationRestrictions, ...kept } = changeable(call, name);
  if (roles) mayInherit(call, name, roles);
  if (privileges) mayHold(name, privileges);
  const limits = parsed ?? authenticationRestrictions;
  call.server.roles.put({
    ...kept,
    ...(roles && { roles: uniqueRoles(roles) }),
    ...(privileges && { privileges: mergePrivileges(privileges) }),
    ...(limits?.length && { authenticationRestrictions: limits }),
  });
  return {};
}

function dropRole(call: Call): Document {
  const name = { role: nameArgument(call), db: call.db };
  changeable(call, name);
  const { users } = call.server;
  for (const user of users.all().filter(has(name))) users.put({ ...user, roles: user.roles.filter(isOther(name)) });
  dropFromRoles(call, name);
  return {};
}

/** Users keep the names of the roles that are gone, and would hold others of these names. */
function dropAllRolesFromDatabase(call: Call): Document {
  const gone = call.server.roles.all().filter(({ db }) => db === call.db);
  for (const role of gone) dropFromRoles(call, role);
  return { n: new BSON.Int32(gone.length) };
}

const isOther = (name: RoleName) => (role: RoleName) => !sameRole(role, name);
const has =
  (name: RoleName) =>
  ({ roles }: { roles: readonly RoleName[] }): boolean =>
    !roles.every(isOther(name));

/** Takes the role from those that inherit it, then drops it. */
function dropFromRoles({ server: { roles } }: Call, name: RoleName): void {
  for (const role of roles.all().filter(has(name))) roles.put({ ...role, roles: role.roles.filter(isOther(name)) });
  roles.drop(name);
}
