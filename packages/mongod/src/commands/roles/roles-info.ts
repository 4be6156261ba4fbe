import type { Document } from 'mongodb';
import { builtinRoleNames } from '../../auth/builtin-roles';
import { holds, holdsAll, rolesOf } from '../../auth/privileges';
import { type Role, sameRole } from '../../auth/roles';
import { showNames, showPrivileges, showRestrictions } from '../../auth/show-roles';
import type { RoleName } from '../../auth/terms';
import { compare } from '../../auth/users';
import { numberIn, truthy } from '../../values/values';
import { nameIn, onlyFields } from '../arguments';
import type { Call, Command } from '../command';
import { onDb } from '../users/user-arguments';

const fields = ['showAuthenticationRestrictions', 'showBuiltinRoles', 'showPrivileges'];

export const rolesInfo: Command = {
  name: 'rolesInfo',
  check: (call) => void namesAsked(call),
  allowed,
  run,
};

/** The roles asked for by name; undefined for all roles of the database. */
function namesAsked(call: Call): RoleName[] | undefined {
  onlyFields(call, fields);
  const value: unknown = call.body[call.name];
  const number = numberIn(value);
  if (number !== undefined && Math.trunc(number) === 1) return undefined;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => nameIn(entry, 'role', call.db)).map(([role, db]) => ({ role, db }));
}

/** Everybody may look at the roles that they have. */
function allowed(call: Call): boolean {
  const names = namesAsked(call);
  if (names === undefined) return holds(call, onDb('viewRole', call.db));
  const own = rolesOf(call);
  const others = names.filter((name) => !own.some((role) => sameRole(role, name)));
  const needs = others.map((name) => onDb('viewRole', name.db));
  return holdsAll(call, needs);
}

function run(call: Call): Document {
  const { server, db, body } = call;
  const builtins = truthy(body.showBuiltinRoles) ? builtinRoleNames(db) : [];
  const all = () => [...server.roles.all().filter((role) => role.db === db), ...builtins.map((role) => ({ role, db }))];
  const names = namesAsked(call) ?? all().sort((a, b) => compare(a.role, b.role));
  const roles = names.map((name) => server.roles.find(name)).filter((role) => role !== undefined);
  return { roles: roles.map((role) => show(call, role)) };
}

function show({ server, body }: Call, found: Role): Document {
  const { role, db, isBuiltin, privileges, roles, authenticationRestrictions } = found;
  const inherited = server.roles.closure(roles);
  return {
    ...(!isBuiltin && { _id: `${db}.${role}` }),
    role,
    db,
    ...(truthy(body.showPrivileges) && { privileges: showPrivileges([{ privileges }]) }),
    roles: showNames(roles),
    ...(truthy(body.showAuthenticationRestrictions) && { authenticationRestrictions }),
    inheritedRoles: showNames(inherited),
    ...(truthy(body.showPrivileges) && { inheritedPrivileges: showPrivileges([found, ...inherited]) }),
    ...(truthy(body.showAuthenticationRestrictions) && {
      inheritedAuthenticationRestrictions: showRestrictions([found, ...inherited]),
    }),
    isBuiltin,
  };
}
