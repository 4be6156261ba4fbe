import { builtinRole } from './builtin-roles';
import type { Restriction } from './restrictions';
import type { Privilege, RoleName } from './terms';
import { compare, idOf } from './users';

/** A user-defined role as it is stored. */
export interface RoleRecord extends RoleName {
  _id: string;
  privileges: Privilege[];
  roles: RoleName[];
  authenticationRestrictions?: Restriction[];
}

/** What a role holds, whether it is built in or user-defined. */
export interface Role extends RoleName {
  isBuiltin: boolean;
  privileges: readonly Privilege[];
  roles: readonly RoleName[];
  authenticationRestrictions: readonly Restriction[];
}

/** What the journal keeps about roles. */
export type RoleEntry = { kind: 'role'; role: RoleRecord } | { kind: 'dropRole'; id: string };

/** The user-defined roles of the server, and the built-in ones beside them. */
export class Roles {
  private readonly byId = new Map<string, RoleRecord>();

  constructor(private readonly keep: (entry: RoleEntry) => void) {}

  find({ role, db }: RoleName): Role | undefined {
    const builtin = builtinRole(role, db);
    if (builtin !== undefined) {
      return { role, db, isBuiltin: true, ...builtin, authenticationRestrictions: [] };
    }
    const stored = this.byId.get(idOf(role, db));
    return (
      stored && { isBuiltin: false, ...stored, authenticationRestrictions: stored.authenticationRestrictions ?? [] }
    );
  }

  /** The user-defined role of that name, as it is stored. */
  stored({ role, db }: RoleName): RoleRecord | undefined {
    return this.byId.get(idOf(role, db));
  }

  /** All user-defined roles, sorted by name, then by database. */
  all(): RoleRecord[] {
    return [...this.byId.values()].sort((a, b) => compare(a.role, b.role) || compare(a.db, b.db));
  }

  put(record: RoleRecord): void {
    this.keep({ kind: 'role', role: record });
    this.byId.set(record._id, record);
  }

  drop({ role, db }: RoleName): void {
    const id = idOf(role, db);
    this.keep({ kind: 'dropRole', id });
    this.byId.delete(id);
  }

  /** These roles and everything that they inherit from, each once; names of roles that are gone are left out. */
  closure(names: readonly RoleName[]): Role[] {
    const found = new Map<string, Role>();
    const waiting = [...names];
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const id = idOf(name.role, name.db);
      const role = found.has(id) ? undefined : this.find(name);
      if (role === undefined) continue;
      found.set(id, role);
      waiting.push(...role.roles);
    }
    return [...found.values()];
  }

  /** Takes over an entry of the journal, without writing it again. */
  replay(entry: RoleEntry): void {
    if (entry.kind === 'role') this.byId.set(entry.role._id, entry.role);
    else this.byId.delete(entry.id);
  }
}

export function sameRole(a: RoleName, b: RoleName): boolean {
  return a.role === b.role && a.db === b.db;
}
