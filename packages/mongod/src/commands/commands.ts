import { dataCommands } from './collections/data-commands';
import type { Command } from './command';
import { helloCommands } from './login/hello-commands';
import { saslCommands } from './login/sasl-commands';
import { roleCommands } from './roles/role-commands';
import { rolesInfo } from './roles/roles-info';
import { diagnosticCommands } from './running/diagnostic-commands';
import { userCommands } from './users/user-commands';
import { userRoleCommands } from './users/user-role-commands';
import { usersInfo } from './users/users-info';

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
