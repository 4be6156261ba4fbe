import * as v from 'valibot';
import { sideBySide } from '../async/side-by-side';
import { HostRefused } from '../contract/errors';
import type { Message, MongoServers } from './mongo-servers';
import type { Host, UserName } from './mongo-users';

/** How many names one command asks for: an answer holds at most 16 MB. */
const perCommand = 200;
const atOnce = 4;

const role = v.object({ role: v.string(), db: v.string() });
const shownUser = v.object({
  user: v.string(),
  db: v.string(),
  userId: v.optional(v.unknown()),
  customData: v.optional(v.unknown()),
  roles: v.optional(v.array(role), []),
  authenticationRestrictions: v.optional(v.array(v.unknown())),
});
/** A user as `usersInfo` shows it. */
export type ShownUser = v.InferOutput<typeof shownUser>;

const onlySources = v.array(v.strictObject({ clientSource: v.array(v.string()) }));

type Servers = Pick<MongoServers, 'command'>;

export const askForUsers = async (servers: Servers, host: Host, db: string, command: Message): Promise<ShownUser[]> =>
  v.parse(v.array(shownUser), (await servers.command(host, db, command)).users);

/** The users with exactly these names, as they are now, with their restrictions if the server shows them. */
export async function findUsers(servers: Servers, host: Host, names: readonly UserName[]): Promise<ShownUser[]> {
  const batches = Array.from({ length: Math.ceil(names.length / perCommand) }, (_, index) =>
    names.slice(index * perCommand, (index + 1) * perCommand).map(({ user, db }) => ({ user, db })),
  );
  const shown = await sideBySide(atOnce, batches, async (batch) => {
    const withRestrictions = { usersInfo: batch, showAuthenticationRestrictions: true };
    return (
      (await askForUsers(servers, host, 'admin', withRestrictions).catch(unlessRefused)) ??
      (await askForUsers(servers, host, 'admin', { usersInfo: batch }))
    );
  });
  return shown.flat();
}

/** Where the login may come from, empty for anywhere. `other`: not as mongogrant writes it. None if the server does not show it. */
export function cidrsOf({ authenticationRestrictions }: ShownUser): string[] | 'other' | undefined {
  if (!authenticationRestrictions) return undefined;
  const result = v.safeParse(onlySources, authenticationRestrictions);
  return result.success ? result.output.flatMap(({ clientSource }) => clientSource) : 'other';
}

export function unlessRefused(fault: unknown): undefined {
  if (!(fault instanceof HostRefused)) throw fault;
}
