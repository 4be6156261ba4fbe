import type { Document } from 'mongodb';
import { anyNormal, holds, holdsAll } from '../../auth/privileges';
import { parseRestrictions } from '../../auth/restrictions';
import { mechanisms as allMechanisms, type Mechanism } from '../../auth/scram';
import type { Need } from '../../auth/terms';
import { makeCredentials } from '../../auth/user-record';
import type { UserRecord } from '../../auth/users';
import { ServerError } from '../../values/errors';
import type { Call, Command } from '../command';
import { knownMechanisms, onDb, onEachRole, rolesExist, uniqueRoles, userArguments, userNamed } from './user-arguments';

export const updateUser: Command = {
  name: 'updateUser',
  check: (call) => void userArguments(call),
  allowed,
  run,
};

function allowed(call: Call): boolean {
  const { connection, db } = call;
  const { user, password, mechanisms, customData, roles, restrictions } = userArguments(call);
  const { login } = connection;
  const own = login?.user === user && login.db === db;
  const mayChange = (what: 'Password' | 'CustomData') =>
    holds(call, onDb(`change${what}`, db)) || (own && holds(call, onDb(`changeOwn${what}`, db)));

  const needs: Need[] = [];
  // Setting roles takes away whatever is not in the list, so the right to revoke is needed everywhere.
  if (roles) needs.push({ action: 'revokeRole', on: anyNormal }, ...onEachRole('grantRole', roles));
  if (restrictions) needs.push(onDb('setAuthenticationRestriction', db));
  return (
    ((password === undefined && mechanisms === undefined) || mayChange('Password')) &&
    (customData === undefined || mayChange('CustomData')) &&
    holdsAll(call, needs)
  );
}

async function run(call: Call): Promise<Document> {
  const { server, db } = call;
  const args = userArguments(call);
  const { user, password, customData, roles } = args;
  if ([password, args.mechanisms, customData, roles, args.restrictions].every((value) => value === undefined)) {
    throw new ServerError(2, 'Must specify at least one field to update in updateUser');
  }
  if (password !== undefined && db === '$external') {
    throw new ServerError(2, "Cannot set the password for users defined on the '$external' database");
  }
  const mechanisms = knownMechanisms(args.mechanisms);
  if (mechanisms && password === undefined) checkSubset(mechanisms, userNamed(call, user));
  const restrictions = args.restrictions && parseRestrictions(args.restrictions);
  rolesExist(call, roles);
  const changed = password === undefined ? undefined : await makeCredentials({ ...args, password, mechanisms });

  // Found only now: deriving the keys took a while, and the user may have been dropped or changed meanwhile.
  const record = server.users.find(user, db);
  if (record === undefined) throw new ServerError(11, `User ${user}@${db} not found`);
  const { authenticationRestrictions, ...kept } = record;
  const limits = restrictions ?? authenticationRestrictions;
  server.users.put({
    ...kept,
    credentials: changed ?? only(record.credentials, mechanisms),
    ...(customData && { customData }),
    ...(roles && { roles: uniqueRoles(roles) }),
    ...(limits?.length && { authenticationRestrictions: limits }),
  });
  return {};
}

/** Without a new password, mechanisms can only be taken away. */
function checkSubset(asked: Mechanism[], record: UserRecord): void {
  if (asked.some((mechanism) => record.credentials[mechanism] === undefined)) {
    throw new ServerError(2, 'mechanisms field must be a subset of previously set mechanisms');
  }
}

function only(
  credentials: UserRecord['credentials'],
  kept: readonly Mechanism[] = allMechanisms,
): UserRecord['credentials'] {
  return Object.fromEntries(
    allMechanisms
      .filter((mechanism) => kept.includes(mechanism) && credentials[mechanism] !== undefined)
      .map((mechanism) => [mechanism, credentials[mechanism]]),
  );
}
