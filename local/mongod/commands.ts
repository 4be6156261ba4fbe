import type { Command } from './command';
import { dataCommands } from './data-commands';
import { diagnosticCommands } from './diagnostic-commands';
import { helloCommands } from './hello-commands';
import { roleCommands } from './role-commands';
import { rolesInfo } from './roles-info';
import { saslCommands } from './sasl-commands';
import { userCommands } from './user-commands';
import { userRoleCommands } from './user-role-commands';
import { usersInfo } from './users-info';

let byName: ReadonlyMap<string, Command> | undefined;

/** The command of that name or alias. */
export function findCommand(name: string): Command | undefined {
  return allNames().get(name);
}

/** Every command once, sorted by name. */
export function allCommands(): Command[] {
  return [...new Set(allNames().values())].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Built on first use: `listCommands` is one of the commands that it lists. */
function allNames(): ReadonlyMap<string, Command> {
  byName ??= new Map(
    [
      ...helloCommands,
      ...saslCommands,
      ...diagnosticCommands,
      ...userCommands,
      ...userRoleCommands,
      usersInfo,
      ...roleCommands,
      rolesInfo,
      ...dataCommands,
    ].flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command] as const)),
  );
  return byName;
}
