import { type RoleRecord, sameRole } from '../../auth/roles';
import type { Privilege, RoleName } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import type { Call } from '../command';

/** Refuses roles that this role must not inherit from. */
export function mayInherit({ server }: Call, name: RoleName, roles: readonly RoleName[]): void {
  const target = `${name.role}@${name.db}`;
  for (const role of roles) {
    const text = `${role.role}@${role.db}`;
    if (sameRole(role, name)) throw new ServerError(49, `Cannot grant role ${text} to itself.`);
    if (name.db !== 'admin' && role.db !== name.db) {
      throw new ServerError(49, `Roles on the '${name.db}' database cannot be granted roles from other databases`);
    }
    if (server.roles.find(role) === undefined) {
      throw new ServerError(31, `Cannot grant roles to '${target}': Could not find role: ${text}`);
    }
    if (server.roles.closure([role]).some((inherited) => sameRole(inherited, name))) {
      throw new ServerError(49, `Granting ${text} to ${target} would introduce a cycle in the role graph.`);
    }
  }
}

/** Refuses privileges that a role of one database must not hold. */
export function mayHold(name: RoleName, privileges: readonly Privilege[]): void {
  if (name.db === 'admin') return;
  if (privileges.some(({ resource }) => !('db' in resource) || resource.db !== name.db)) {
    throw new ServerError(
      49,
      `Roles on the '${name.db}' database cannot be granted privileges that target other databases or the cluster`,
    );
  }
}

/** The role as it is stored, or the refusal to change it. */
export function changeable({ server }: Call, name: RoleName): RoleRecord {
  const { role, db } = name;
  if (server.roles.find(name)?.isBuiltin) {
    throw new ServerError(2, `${role}@${db} is a built-in role and cannot be modified`);
  }
  const stored = server.roles.stored(name);
  if (stored === undefined) throw new ServerError(31, `Could not find role: ${role}@${db}`);
  return stored;
}
