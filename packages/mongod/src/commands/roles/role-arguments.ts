import { allActions } from '../../auth/actions';
import type { Need, Privilege, ResourcePattern } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import { isObject } from '../../values/values';
import { arrayArgument, nameArgument, onlyFields, roleNames } from '../arguments';
import type { Call } from '../command';
import { onDb } from '../users/user-arguments';

/** What the commands that write roles are told; a field that was left out is undefined. */
export function roleArguments(call: Call, fields: readonly string[]) {
  const { body, db } = call;
  onlyFields(call, fields);
  const role = nameArgument(call);
  const roles = arrayArgument(body, 'roles');
  const privileges = arrayArgument(body, 'privileges');
  return {
    name: { role, db },
    roles: roles && roleNames(roles, db),
    privileges: privileges?.map(parsePrivilege),
    restrictions: arrayArgument(body, 'authenticationRestrictions'),
  };
}

function parsePrivilege(entry: unknown): Privilege {
  if (!isObject(entry)) throw new ServerError(9, 'Elements in privilege arrays must be objects');
  const { resource, actions } = entry;
  if (!isObject(resource)) throw new ServerError(9, 'missing resource field');
  if (!Array.isArray(actions) || actions.length === 0) {
    throw new ServerError(9, 'Privileges must have a non-empty "actions" array');
  }
  const names: unknown[] = actions;
  const texts = names.map(String);
  const unknown = texts.filter((name, at) => typeof names[at] !== 'string' || !allActions.has(name));
  if (unknown.length > 0) throw new ServerError(2, `Unrecognized actions: ${unknown.join(', ')}`);
  return { resource: parseResource(resource), actions: texts };
}

function parseResource(resource: Record<string, unknown>): ResourcePattern {
  const { cluster, anyResource, db, collection } = resource;
  if (cluster !== undefined || anyResource !== undefined) {
    if (Object.keys(resource).length > 1) throw new ServerError(9, 'A resource names one kind of thing only');
    if (cluster !== true && anyResource !== true)
      throw new ServerError(9, 'A resource flag must be true when specified');
    return cluster === true ? { cluster } : { anyResource: true };
  }
  if (typeof db !== 'string' || typeof collection !== 'string') {
    throw new ServerError(9, 'A resource must have both "db" and "collection" strings');
  }
  return { db, collection };
}

/** Whoever puts a privilege into a role, or takes it out, needs that right where the privilege is held. */
export function onEachPrivilege(action: 'grantRole' | 'revokeRole', privileges: readonly Privilege[] = []): Need[] {
  return privileges.map(({ resource }) => onDb(action, ('db' in resource && resource.db) || 'admin'));
}
