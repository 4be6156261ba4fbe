import type { Document } from 'mongodb';
import { isMechanism, type Mechanism } from '../../auth/scram';
import type { Need, RoleName } from '../../auth/terms';
import type { UserRecord } from '../../auth/users';
import { ServerError, wrongType } from '../../values/errors';
import { isObject } from '../../values/values';
import { arrayArgument, nameArgument, onlyFields, roleNames } from '../arguments';
import type { Call } from '../command';

const fields = ['authenticationRestrictions', 'customData', 'digestPassword', 'mechanisms', 'pwd', 'roles'];

/**
 * What createUser and updateUser are told; a field that was left out is undefined. The order of the steps decides which of several errors
 * is reported. Restrictions are not looked into before the privileges were checked.
 */
export function userArguments(call: Call) {
  const { body, db } = call;
  onlyFields(call, fields);
  const user = nameArgument(call);
  const mechanisms = mechanismNames(body);
  const password = passwordIn(body);
  const { customData, digestPassword = true } = body;
  if (digestPassword !== true && digestPassword !== false) throw wrongType('digestPassword', 'bool', digestPassword);
  if (customData !== undefined && !isObject(customData)) throw wrongType('customData', 'object', customData);
  const restrictions = arrayArgument(body, 'authenticationRestrictions');
  const list = arrayArgument(body, 'roles');
  const roles = list && roleNames(list, db);
  return { user, password, digestPassword: digestPassword === true, mechanisms, customData, restrictions, roles };
}

function mechanismNames(body: Document): string[] | undefined {
  const list = arrayArgument(body, 'mechanisms');
  if (list?.length === 0) throw new ServerError(2, 'mechanisms field must not be empty');
  return list?.map((name) => {
    if (typeof name !== 'string') throw wrongType('mechanisms', 'string', name);
    return name;
  });
}

function passwordIn({ pwd }: Document): string | undefined {
  if (pwd === undefined) return undefined;
  if (typeof pwd !== 'string') throw wrongType('pwd', 'string', pwd);
  if (pwd === '') {
    throw new ServerError(50687, 'Error preflighting UTF-8 conversion: U_STRING_NOT_TERMINATED_WARNING');
  }
  return pwd;
}

/** The names as mechanisms, or the refusal of the first that is none. */
export function knownMechanisms(names: readonly string[] | undefined): Mechanism[] | undefined {
  return names?.map((name) => {
    if (!isMechanism(name)) throw new ServerError(2, `Unknown auth mechanism '${name}'`);
    return name;
  });
}

export function onDb(action: string, db: string): Need {
  return { action, on: { db, collection: '' } };
}

/** Whoever gives or takes a role, needs that right where the role lives. */
export function onEachRole(action: 'grantRole' | 'revokeRole', roles: readonly RoleName[] = []): Need[] {
  return roles.map((role) => onDb(action, role.db));
}

/** The user of this name, or the refusal of a name that nobody has. */
export function userNamed({ server, db }: Call, user: string): UserRecord {
  const record = server.users.find(user, db);
  if (record === undefined) throw new ServerError(11, `Could not find user "${user}" for db "${db}"`);
  return record;
}

/** Refuses the first role that does not exist. */
export function rolesExist(call: Call, roles: readonly RoleName[] = []): void {
  const missing = roles.find((role) => call.server.roles.find(role) === undefined);
  if (missing) throw new ServerError(31, `Could not find role: ${missing.role}@${missing.db}`);
}

/** Each role once, in the order given. */
export function uniqueRoles(roles: readonly RoleName[]): RoleName[] {
  return roles.filter(({ role, db }, at) => roles.findIndex((other) => other.role === role && other.db === db) === at);
}
