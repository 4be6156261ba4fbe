import { canHoldUsers } from '../../../shared/aws/host-secret';
import { isDatabase, ownDatabases } from '../../../shared/contract/names';
import type { Resource } from '../../../shared/mongo/privileges';
import { neededActions } from './needed-actions';

export interface RoleWish {
  /** The databases that are to be granted; `any` for all of them, those that are not there yet included. */
  databases: readonly string[] | 'any';
  /** The one database that holds the users; otherwise each is made where it is used. */
  usersDb?: string | undefined;
  /** mongogrant's own login, which is to get the role. */
  user: { user: string; db: string };
  /** Whether the role is there already and only has to be brought up to this. */
  exists?: boolean;
}

export interface AdminRole {
  privileges: { resource: Resource; actions: string[] }[];
  /** For somebody with the role `root`: each command with the database that it belongs to. */
  commands: { db: string; command: Record<string, unknown> }[];
  /** The same, ready to paste into mongosh. */
  shell: string;
  /** What somebody should know before giving this away. */
  warnings: string[];
}

export const adminRoleName = { role: 'mongograntAdmin', db: 'admin' };

/**
 * The role that lets a login do all that mongogrant needs and no more.
 * @throws RangeError for a name that is no database's, or a database that is never granted (`admin`, `local`, `config`)
 */
export function adminRole({ databases, usersDb, user, exists = false }: RoleWish): AdminRole {
  const granted = databases === 'any' ? [''] : [...new Set(databases)].map(grantable);
  if (granted.length === 0) throw new RangeError('A role needs at least one database');
  if (usersDb !== undefined && !canHoldUsers(usersDb))
    throw new RangeError(`${JSON.stringify(usersDb)} can't hold users`);
  const homes = usersDb === undefined ? granted : [usersDb];
  const privileges = [
    ...[...new Set([...granted, ...homes])].map((db) => ({
      resource: { db, collection: '' as const },
      actions: [...(homes.includes(db) ? actionsOf('users') : []), ...(granted.includes(db) ? actionsOf('roles') : [])],
    })),
    { resource: { cluster: true as const }, actions: actionsOf('cluster') },
  ];
  const { role, db } = adminRoleName;
  const commands = [
    { db, command: { [exists ? 'updateRole' : 'createRole']: role, privileges, roles: [] } },
    { db: user.db, command: { grantRolesToUser: user.user, roles: [adminRoleName] } },
  ];
  return { privileges, commands, shell: commands.map(inShell).join('\n'), warnings: warningsOf(databases, homes) };
}

/** Whether grants can be given on this database: not on the server's own ones. */
export const canBeGranted = (db: string): boolean => isDatabase(db) && !ownDatabases.includes(db.toLowerCase());

function grantable(db: string): string {
  if (canBeGranted(db)) return db;
  throw new RangeError(`${JSON.stringify(db)} is no database that can be granted`);
}

const actionsOf = (where: 'users' | 'roles' | 'cluster'): string[] =>
  neededActions.filter((needed) => needed.where === where).map(({ action }) => action);

/** What is JSON is also what mongosh reads. */
const inShell = ({ db, command }: AdminRole['commands'][number]): string =>
  `db.getSiblingDB(${JSON.stringify(db)}).runCommand(${JSON.stringify(command)})`;

function warningsOf(databases: RoleWish['databases'], homes: string[]): string[] {
  if (databases === 'any')
    return [
      'This login may grant roles on every database, admin included, so it can give itself any role. Name the databases, if you can.',
    ];
  const own = 'This login can give itself any role of these databases, as whoever may grant roles can.';
  if (!homes.includes('admin')) return [own];
  return [own, 'It may also change the password of every user in admin, other admins included, and drop them.'];
}
