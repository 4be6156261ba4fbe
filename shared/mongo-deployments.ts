import { UUID } from 'mongodb';
import * as v from 'valibot';
import type { Deployment } from './deployment';
import type { Host, MongoServers } from './mongo-servers';
import { serversOf } from './mongo-uri';
import { sha256 } from './tokens';

export interface MongoDeployments {
  /** The deployment behind a host; kept for a while. None where it can't be told. */
  identify(host: Host): Promise<Deployment | undefined>;
  /** Whether the host leads to this deployment now. */
  isDeployment(host: Host, made: Deployment): Promise<boolean>;
}

/** Milliseconds. A server that took another's place behind the same address is met by the next look at the latest, when a grant ends. */
const keptForMs = 300_000;

const found = v.object({ users: v.array(v.object({ userId: v.optional(v.instance(UUID)) })) });

export function mongoDeployments(servers: Pick<MongoServers, 'command'>): MongoDeployments {
  const kept = new Map<string, { at: number; value: Promise<Deployment | undefined> }>();

  async function idOf(host: Host, { user, db }: Pick<Deployment, 'user' | 'db'>): Promise<string | undefined> {
    const [shown] = v.parse(found, await servers.command(host, db, { usersInfo: { user, db } })).users;
    // A server that gives its users no id is told by its address.
    return shown && (shown.userId?.toHexString() ?? `address ${sha256(serversOf(host.secret))}`);
  }

  return {
    async identify(host) {
      const own = { user: host.secret.username, db: host.secret.authSource };
      const key = JSON.stringify([host.name, own, serversOf(host.secret)]);
      const known = kept.get(key);
      if (known && Date.now() - known.at < keptForMs) return known.value;
      const value = idOf(host, own).then((id) => (id === undefined ? undefined : { ...own, id }));
      kept.set(key, { at: Date.now(), value });
      value.catch(() => kept.delete(key));
      return value;
    },
    isDeployment: async (host, made) => (await idOf(host, made)) === made.id,
  };
}
