import { UUID } from 'mongodb';
import * as v from 'valibot';
import type { Deployment } from '../contract/deployment';
import { HostRefused } from '../contract/errors';
import { sha256 } from '../tokens/tokens';
import type { Host, MongoServers } from './mongo-servers';
import { serversOf } from './mongo-uri';

export interface MongoDeployments {
  /** The deployment behind a host, kept for a while; none if it can't be found out. */
  identify(host: Host): Promise<Deployment | undefined>;
  /** Whether the host now leads to this deployment. */
  isDeployment(host: Host, made: Deployment): Promise<boolean>;
}

type Servers = Pick<MongoServers, 'command' | 'latest'>;

/** Milliseconds. If another server takes over the address, a later look notices when a grant ends. */
const keptForMs = 60_000;

const named = v.object({ user: v.string(), db: v.string(), userId: v.optional(v.instance(UUID)) });
const found = v.object({ users: v.array(named) });

const ownName = (servers: Servers, host: Host) => {
  const { username, authSource } = servers.latest(host).secret;
  return { user: username, db: authSource };
};

/** A server that gives its users no id is identified by its address. */
const idOf = (host: Host, { userId }: v.InferOutput<typeof named>): string =>
  userId?.toHexString() ?? `address ${sha256(serversOf(host.secret))}`;

/** A user as the server shows it and, if the server allows, in the same answer the deployment that has it. */
export async function lookWithOwn(
  servers: Servers,
  host: Host,
  { user, db }: { user: string; db: string },
): Promise<{ shown: unknown; on?: Deployment }> {
  const own = ownName(servers, host);
  const { users } = await servers.command(host, db, { usersInfo: [{ user, db }, own] }).catch((fault: unknown) => {
    if (!(fault instanceof HostRefused)) throw fault;
    return servers.command(host, db, { usersInfo: { user, db } });
  });
  const all = v.parse(v.array(v.looseObject({ user: v.string(), db: v.string() })), users);
  const is = (name: { user: string; db: string }) => (one: (typeof all)[number]) =>
    one.user === name.user && one.db === name.db;
  const shownOwn = v.safeParse(named, all.find(is(own)));
  const shown = all.find(is({ user, db }));
  return shownOwn.success ? { shown, on: { ...own, id: idOf(host, shownOwn.output) } } : { shown };
}

export function mongoDeployments(servers: Servers): MongoDeployments {
  const kept = new Map<string, { at: number; value: Promise<Deployment | undefined> }>();

  async function lookFor(host: Host, { user, db }: Pick<Deployment, 'user' | 'db'>): Promise<string | undefined> {
    const [shown] = v.parse(found, await servers.command(host, db, { usersInfo: { user, db } })).users;
    return shown && idOf(host, shown);
  }

  return {
    async identify(host) {
      const own = ownName(servers, host);
      const key = JSON.stringify([host.name, own, serversOf(host.secret)]);
      const known = kept.get(key);
      if (known && Date.now() - known.at < keptForMs) return known.value;
      const value = lookFor(host, own).then((id) => (id === undefined ? undefined : { ...own, id }));
      kept.set(key, { at: Date.now(), value });
      value.catch(() => kept.delete(key));
      return value;
    },
    isDeployment: async (host, made) => (await lookFor(host, made)) === made.id,
  };
}
