import type { Document } from 'mongodb';
import { holds, holdsAll } from '../../auth/privileges';
import { mechanisms } from '../../auth/scram';
import { showNames, showPrivileges } from '../../auth/show-roles';
import type { UserRecord, Users } from '../../auth/users';
import { compileFilter } from '../../data/match';
import { ServerError, wrongType } from '../../values/errors';
import { isObject, numberIn, truthy } from '../../values/values';
import { nameIn, onlyFields } from '../arguments';
import type { Call, Command } from '../command';
import { onDb } from './user-arguments';

export const usersInfo: Command = {
  name: 'usersInfo',
  check: (call) => void parse(call),
  allowed,
  run,
};

/** Whom the question is about. */
type Target = { forAllDBs: true } | { db: string } | { names: [user: string, db: string][] };

interface Question {
  target: Target;
  filter: Document | undefined;
  credentials: boolean;
  customData: boolean;
  privileges: boolean;
  restrictions: boolean;
}

const fields = ['filter', 'showAuthenticationRestrictions', 'showCredentials', 'showCustomData', 'showPrivileges'];

function parse(call: Call): Question {
  const { body } = call;
  onlyFields(call, fields);
  const { filter } = body;
  if (filter !== undefined && !isObject(filter)) throw new ServerError(14, 'filter must be an Object');
  return {
    target: targetOf(body[call.name], call.db),
    filter,
    credentials: truthy(body.showCredentials),
    customData: body.showCustomData === undefined || truthy(body.showCustomData),
    privileges: truthy(body.showPrivileges),
    restrictions: truthy(body.showAuthenticationRestrictions),
  };
}

function targetOf(value: unknown, db: string): Target {
  const number = numberIn(value);
  if (number !== undefined && Math.trunc(number) === 1) return { db };
  if (isObject(value) && value.forAllDBs !== undefined) {
    if (value.forAllDBs !== true) throw wrongType('forAllDBs', 'true', value.forAllDBs);
    return { forAllDBs: true };
  }
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return { names: list.map((entry) => nameIn(entry, 'user', db)) };
}

/** Everybody may look at themselves; for others it needs the right to view where they live. */
function allowed(call: Call): boolean {
  const { target } = parse(call);
  const { login } = call.connection;
  if ('forAllDBs' in target) return holds(call, { action: 'viewUser', on: { cluster: true } });
  if ('db' in target) return holds(call, onDb('viewUser', target.db));
  const others = target.names.filter(([user, db]) => login?.user !== user || login.db !== db);
  const needs = others.map(([, db]) => onDb('viewUser', db));
  return holdsAll(call, needs);
}

function run(call: Call): Document {
  const question = parse(call);
  if ((question.privileges || question.restrictions) && !('names' in question.target)) {
    throw new ServerError(20, 'Privilege or restriction details require exact-match usersInfo queries');
  }
  const matches = compileFilter(question.filter ?? {});
  // The filter sees what is shown and no more, so that nobody can guess at restrictions or credentials with it.
  const users = meant(call.server.users, question.target)
    .map((record) => show(call, record, question))
    .filter(matches);
  return { users };
}

function meant(users: Users, target: Target): UserRecord[] {
  if ('names' in target) return users.named(target.names);
  return 'forAllDBs' in target ? users.all() : users.all().filter(({ db }) => db === target.db);
}

function show(call: Call, record: UserRecord, question: Question): Document {
  const { credentials, authenticationRestrictions = [], ...shown } = record;
  if (!question.customData) delete shown.customData;
  return {
    ...shown,
    ...(question.credentials && { credentials }),
    mechanisms: mechanisms.filter((mechanism) => credentials[mechanism] !== undefined),
    ...((question.privileges || question.restrictions) && inherited(call, record)),
    ...(question.restrictions && { authenticationRestrictions }),
  };
}

/** What the user has through roles, as it is at this moment. */
function inherited({ server }: Call, record: UserRecord): Document {
  const roles = server.roles.closure(record.roles);
  return {
    inheritedRoles: showNames(roles),
    inheritedPrivileges: showPrivileges(roles),
    inheritedAuthenticationRestrictions: roles
      .map((role) => role.authenticationRestrictions)
      .filter((restrictions) => restrictions.length > 0),
  };
}
