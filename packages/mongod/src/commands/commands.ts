import { collectionCommands } from './collections/collection-commands';
import { collectionInfoCommands } from './collections/collection-info-commands';
import { databaseCommands } from './collections/database-commands';
import { indexCommands } from './collections/index-commands';
import type { Command } from './command';
import { aggregate } from './documents/aggregate-command';
import { findCommands } from './documents/find-commands';
import { writeCommands } from './documents/write-commands';
import { helloCommands } from './login/hello-commands';
import { saslCommands } from './login/sasl-commands';
import { roleCommands } from './roles/role-commands';
import { rolesInfo } from './roles/roles-info';
import { diagnosticCommands } from './running/diagnostic-commands';
import { operationCommands } from './running/operation-commands';
import { sessionCommands } from './running/session-commands';
import { userCommands } from './users/user-commands';
import { userRoleCommands } from './users/user-role-commands';
import { usersInfo } from './users/users-info';

const all: readonly Command[] = [
  ...helloCommands,
  ...saslCommands,
  ...diagnosticCommands,
  ...userCommands,
  ...userRoleCommands,
  usersInfo,
  ...roleCommands,
  rolesInfo,
  ...findCommands,
  ...writeCommands,
  aggregate,
  ...collectionCommands,
  ...collectionInfoCommands,
  ...databaseCommands,
  ...indexCommands,
  ...sessionCommands,
  ...operationCommands,
];

/** Every command by its name and by each of its aliases. */
export const commands: ReadonlyMap<string, Command> = new Map(
  all.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command])),
);
