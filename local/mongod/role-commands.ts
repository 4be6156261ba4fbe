import { type Document, Long } from 'mongodb';
import { nameArgument, onlyFields } from './arguments';
import type { Call, Command, Need } from './command';
import { ServerError } from './errors';
import { anyNormal } from './privileges';
import { parseRestrictions } from './restrictions';
import { onEachPrivilege, type RoleArguments, roleArguments } from './role-arguments';
import { changeable, mayHold, mayInherit } from './role-checks';
import { roleGrantCommands } from './role-grant-commands';
import { type RoleName, sameRole } from './roles';
import { mergePrivileges } from './show-roles';
import { onDb, onEachRole, uniqueRoles } from './user-arguments';
import { idOf } from './users';

const fields = ['authenticationRestrictions', 'privileges', 'roles'];
const parse = (call: Call): RoleArguments => roleArguments(call, fields);

export const roleCommands: readonly Command[] = [
  { name: 'createRole', check: (call) => void parse(call), needs: createRoleNeeds, run: createRole },
  { name: 'updateRole', check: (call) => void parse(call), needs: updateRoleNeeds, run: updateRole },
  { name: 'dropRole', check: dropRoleCheck, needs: ({ db }) => [onDb('dropRole', db)], run: dropRole },
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

function createRoleNeeds(call: Call): Need[] {
  return [onDb('createRole', call.db), ...grantNeeds(call)];
}

function updateRoleNeeds(call: Call): Need[] {
  return [{ action: 'revokeRole', on: anyNormal }, ...grantNeeds(call)];
}

function createRole(call: Call): Document {
  const { server, db } = call;
  const { name, roles, privileges, restrictions } = parse(call);
  if (name.role === '') throw new ServerError(2, 'Role name must be non-empty');
  if (db === 'local') throw new ServerError(2, 'Cannot create roles in the local database');
  if (db === '$external') throw new ServerError(2, 'Cannot create roles in the $external database');
  if (server.roles.find(name)?.isBuiltin) {
    throw new ServerError(2, 'Cannot create roles with the same name as a built-in role');
  }
  if (roles === undefined) throw new ServerError(2, '"createRole" command requires a "roles" array');
  if (privileges === undefined) throw new ServerError(2, '"createRole" command requires a "privileges" array');
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

function dropRoleCheck(call: Call): void {
  onlyFields(call, []);
  nameArgument(call);
}

function dropRole(call: Call): Document {
  const name = { role: nameArgument(call), db: call.db };
  changeable(call, name);
  pullOut(call, name);
  return {};
}

function dropAllRolesFromDatabase(call: Call): Document {
  const gone = call.server.roles.all().filter(({ db }) => db === call.db);
  for (const role of gone) pullOut(call, role);
  return { n: Long.fromNumber(gone.length) };
}

/** Takes the role from whoever has it, then drops it. */
function pullOut({ server }: Call, name: RoleName): void {
  const has = ({ roles }: { roles: readonly RoleName[] }) => roles.some((role) => sameRole(role, name));
  const without = (roles: readonly RoleName[]) => roles.filter((role) => !sameRole(role, name));
  for (const user of server.users.all().filter(has)) server.users.put({ ...user, roles: without(user.roles) });
  for (const role of server.roles.all().filter(has)) server.roles.put({ ...role, roles: without(role.roles) });
  server.roles.drop(name);
}
