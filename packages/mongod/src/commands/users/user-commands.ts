import { BSON, type Document } from 'mongodb';
import { parseRestrictions } from '../../auth/restrictions';
import type { Need } from '../../auth/terms';
import { userRecord } from '../../auth/user-record';
import { ServerError } from '../../values/errors';
import { nameAlone, nameArgument, onlyFields, requireFields } from '../arguments';
import type { Call, Command } from '../command';
import { updateUser } from './update-user';
import { knownMechanisms, onDb, onEachRole, rolesExist, uniqueRoles, userArguments } from './user-arguments';

export const userCommands: readonly Command[] = [
  {
    name: 'createUser',
    check(call) {
      requireFields(call, ['roles']);
      userArguments(call);
    },
    needs: createUserNeeds,
    run: createUser,
  },
  updateUser,
  {
    name: 'dropUser',
    check: (call) => void nameAlone(call),
    needs: ({ db }) => [onDb('dropUser', db)],
    run(call) {
      const user = nameArgument(call);
      if (call.server.users.drop(user, call.db)) return {};
      throw new ServerError(11, `User '${user}@${call.db}' not found`);
    },
  },
  {
    name: 'dropAllUsersFromDatabase',
    check: (call) => onlyFields(call, []),
    needs: ({ db }) => [onDb('dropUser', db)],
    run({ server, db }) {
      const users = server.users.all().filter((record) => record.db === db);
      for (const { user } of users) server.users.drop(user, db);
      return { n: new BSON.Int32(users.length) };
    },
  },
];

function createUserNeeds(call: Call): Need[] {
  const { roles, restrictions } = userArguments(call);
  return [
    onDb('createUser', call.db),
    ...onEachRole('grantRole', roles),
    ...(restrictions ? [onDb('setAuthenticationRestriction', call.db)] : []),
  ];
}

async function createUser(call: Call): Promise<Document> {
  const { server, db } = call;
  const { user, password, roles = [], customData, digestPassword, ...rest } = userArguments(call);
  const external = db === '$external';
  if (db === 'local') throw new ServerError(2, 'Cannot create users in the local database');
  if (password === undefined && !external) {
    throw new ServerError(
      2,
      "Must provide a 'pwd' field for all user documents, except those with '$external' as the user's source db",
    );
  }
  if (password !== undefined && external) {
    throw new ServerError(2, "Cannot set the password for users defined on the '$external' database");
  }
  const mechanisms = knownMechanisms(rest.mechanisms);
  if (user === '') throw new ServerError(2, "User document needs 'user' field to be non-empty");
  const restrictions = parseRestrictions(rest.restrictions ?? []);

  const mayBeMade = () => {
    rolesExist(call, roles);
    if (server.users.find(user, db)) throw new ServerError(51003, `User "${user}@${db}" already exists`);
  };
  mayBeMade();
  const granted = uniqueRoles(roles);
  const about = { password, digestPassword, mechanisms, customData, restrictions };
  const record = await userRecord({ user, db, roles: granted, ...about });
  // Once more: deriving the keys took a while, and another client may have made the same user meanwhile.
  mayBeMade();
  server.users.put(record);
  return {};
}
