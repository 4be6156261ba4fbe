import type { Role, Roles } from './roles';
import type { Login, Need, Resource, ResourcePattern } from './terms';
import type { Users } from './users';

/** Who there is, and what they hold. */
export interface Accounts {
  users: Users;
  roles: Roles;
}

/** Every normal database: what an action "on everything" is asked for. */
export const anyNormal: Resource = { db: '', collection: '' };

/** Whoever asks for something on a connection: before login, nobody. */
export interface Asker {
  server: Accounts;
  connection: { login: Login | undefined };
}

/** The user's roles as they are now, with all that they inherit. */
export function rolesOf({ server: { users, roles }, connection: { login } }: Asker): Role[] {
  const record = login && users.find(login.user, login.db);
  return record ? roles.closure(record.roles) : [];
}

/** Whether the user holds the action on the resource, at this moment. */
export function holds(asker: Asker, { action, on }: Need): boolean {
  return rolesOf(asker).some(({ privileges }) =>
    privileges.some(
      ({ resource, actions }) => covers(resource, on) && (actions.includes(action) || actions.includes('anyAction')),
    ),
  );
}

export function holdsAll(asker: Asker, needs: readonly Need[]): boolean {
  return needs.every((need) => holds(asker, need));
}

/** Whether the user may do anything at all in this database or, if it is named, on this collection. */
export function holdsAnythingIn(asker: Asker, db: string, collection?: string): boolean {
  return rolesOf(asker).some(({ privileges }) =>
    privileges.some(({ resource, actions }) => {
      if (actions.length === 0 || 'cluster' in resource) return false;
      if (collection !== undefined) return covers(resource, { db, collection });
      if ('anyResource' in resource) return true;
      // A privilege on one collection is one in its database; on a collection of any database, one in each.
      return resource.db === db || (resource.db === '' && (resource.collection !== '' || isNormal(db)));
    }),
  );
}

/**
 * Whether a privilege on `held` is one on `target`. A privilege on a database covers its ordinary collections, not the
 * `system.` ones; one on every database leaves out `local` and `config`.
 */
export function covers(held: ResourcePattern, target: Resource): boolean {
  if ('anyResource' in held) return true;
  if ('cluster' in held) return 'cluster' in target;
  if ('cluster' in target) return false;
  if (held.db === target.db && held.collection === target.collection) return true;
  if (target.db === '') return false;
  if (target.collection === '') return held.db === '' && held.collection === '' && isNormal(target.db);
  if (held.collection !== '') return held.db === '' && held.collection === target.collection;
  if (target.collection.startsWith('system.')) return false;
  return held.db === target.db || (held.db === '' && isNormal(target.db));
}

function isNormal(db: string): boolean {
  return db !== 'local' && db !== 'config';
}
