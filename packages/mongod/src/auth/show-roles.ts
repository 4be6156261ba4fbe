import type { Document } from 'mongodb';
import type { Restriction } from './restrictions';
import type { Role } from './roles';
import type { Privilege, ResourcePattern, RoleName } from './terms';

export function showNames(roles: readonly RoleName[]): Document[] {
  return roles.map(({ role, db }) => ({ role, db }));
}

/** What these roles hold together: each resource once, its actions sorted. */
export function showPrivileges(roles: readonly Pick<Role, 'privileges'>[]): Document[] {
  return mergePrivileges(roles.flatMap(({ privileges }) => privileges)).map(({ resource, actions }) => ({
    resource: { ...resource },
    actions: [...actions],
  }));
}

/** The restrictions of those roles that have some. */
export function showRestrictions(roles: readonly Role[]): (readonly Restriction[])[] {
  return roles.map((role) => role.authenticationRestrictions).filter((restrictions) => restrictions.length > 0);
}

/** Privileges on the same resource become one. */
export function mergePrivileges(privileges: readonly Privilege[]): Privilege[] {
  const merged = new Map<string, { resource: ResourcePattern; actions: Set<string> }>();
  for (const { resource, actions } of privileges) {
    const key = resourceKey(resource);
    const entry = merged.get(key) ?? { resource, actions: new Set() };
    for (const action of actions) entry.actions.add(action);
    merged.set(key, entry);
  }
  return [...merged.values()].map(({ resource, actions }) => ({ resource, actions: [...actions].sort() }));
}

export function resourceKey(resource: ResourcePattern): string {
  return 'db' in resource ? JSON.stringify([resource.db, resource.collection]) : Object.keys(resource).join();
}
