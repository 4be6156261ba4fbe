import type { Document } from 'mongodb';
import { holds, holdsAll } from '../../auth/privileges';
import { mechanisms } from '../../auth/scram';
import { showNames, showPrivileges, showRestrictions } from '../../auth/show-roles';
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

const fields = ['filter', 'showAuthenticationRestrictions', 'showCredentials', 'showCustomData', 'showPrivileges'];

function parse(call: Call): { target: Target; filter: Document } {
  const { name, db, body } = call;
  onlyFields(call, fields);
  const { filter = {} } = body;
  if (!isObject(filter)) throw new ServerError(14, 'filter must be an Object');
  return { target: targetOf(body[name], db), filter };
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
  const { target, filter } = parse(call);
  if (showsInherited(call) && !('names' in target)) {
    throw new ServerError(20, 'Privilege or restriction details require exact-match usersInfo queries');
  }
  // The filter sees what is shown and no more, so that nobody can guess at restrictions or credentials with it.
  const shown = meant(call.server.users, target).map((record) => show(call, record));
  return { users: shown.filter(compileFilter(filter)) };
}

const showsInherited = ({ body }: Call): boolean =>
  truthy(body.showPrivileges) || truthy(body.showAuthenticationRestrictions);

function meant(users: Users, target: Target): UserRecord[] {
  if ('names' in target) return users.named(target.names);
  return 'forAllDBs' in target ? users.all() : users.all().filter(({ db }) => db === target.db);
}

function show(call: Call, record: UserRecord): Document {
  const { showCustomData = true, showCredentials, showAuthenticationRestrictions } = call.body;
  const { credentials, authenticationRestrictions = [], ...shown } = record;
  if (!truthy(showCustomData)) delete shown.customData;
  return {
    ...shown,
    ...(truthy(showCredentials) && { credentials }),
    mechanisms: mechanisms.filter((mechanism) => credentials[mechanism] !== undefined),
    ...(showsInherited(call) && inherited(call, record)),
    ...(truthy(showAuthenticationRestrictions) && { authenticationRestrictions }),
  };
}

/** What the user has through roles, as it is at this moment. */
function inherited({ server }: Call, record: UserRecord): Document {
  const roles = server.roles.closure(record.roles);
  return {
    inheritedRoles: showNames(roles),
    inheritedPrivileges: showPrivileges(roles),
    inheritedAuthenticationRestrictions: showRestrictions(roles),
  };
}
