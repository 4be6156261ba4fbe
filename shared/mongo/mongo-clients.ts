import type { Db, MongoClient, MongoClientOptions, TopologyDescription } from 'mongodb';
import { together } from '../async/together';
import { isClientLost } from './mongo-faults';

/** Clients of MongoDB servers, each kept under a name while it is useful. */
export interface MongoClients {
  /**
   * Uses a database of the client with this name. Makes a new client if there is none, or if `key` has changed. `opened`: whether its first
   * connect worked.
   */
  use<T>(
    name: string,
    key: string,
    open: () => MongoClient,
    db: string,
    act: (db: Db, opened: boolean) => Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

interface Entry {
  key: string;
  client: MongoClient;
  opened: boolean;
  dbs: Map<string, Db>;
}

/** Milliseconds for commands that are under way on a client after another one replaced it. */
const toFinishMs = 10_000;

/**
 * The driver closes a client for good if its first connect fails, and drops a server for good that reports another set. Such a client is put
 * aside, and the next command uses a new one.
 */
export function mongoClients(): MongoClients {
  const kept = new Map<string, Entry>();
  const aside = new Set<MongoClient>();

  function putAside(client: MongoClient): void {
    aside.add(client);
    setTimeout(() => aside.delete(client) && void client.close(), toFinishMs).unref();
  }

  function entryOf(name: string, key: string, open: () => MongoClient) {
    const known = kept.get(name);
    if (known?.key === key) return known;
    const entry: Entry = { key, client: open(), opened: false, dbs: new Map() };
    entry.client.once('open', () => {
      entry.opened = true;
    });
    kept.set(name, entry);
    if (known) putAside(known.client);
    return entry;
  }

  return {
    async use(name, key, open, dbName, act) {
      const entry = entryOf(name, key, open);
      const { client, dbs } = entry;
      // The driver's own `db` makes a new object each time, from all options of the client.
      const db = dbs.get(dbName) ?? client.db(dbName);
      dbs.set(dbName, db);
      try {
        return await act(db, entry.opened);
      } catch (error) {
        if ((!entry.opened || isClientLost(error)) && kept.get(name) === entry) {
          kept.delete(name);
          putAside(client);
        }
        throw error;
      }
    },
    async close() {
      const open = [...aside, ...[...kept.values()].map(({ client }) => client)];
      aside.clear();
      kept.clear();
      await together(open.map((client) => client.close()));
    },
  };
}

const common: MongoClientOptions = {
  appName: 'mongogrant',
  // As on Lambda. A stream would notice a server that steps down only when the server has news.
  serverMonitoringMode: 'poll',
};

/** The options of mongogrant's own connections. */
export const hostOptions: MongoClientOptions = {
  ...common,
  maxPoolSize: 10,
  serverSelectionTimeoutMS: 5000,
  connectTimeoutMS: 5000,
  // Networks drop idle connections silently, and a function that slept does not notice.
  maxIdleTimeMS: 60_000,
};

/** The options for asking one member, without a login or with somebody else's. */
export const visitOptions: MongoClientOptions = {
  ...common,
  maxPoolSize: 8,
  serverSelectionTimeoutMS: 3000,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 3000,
};

/** The addresses of servers that check logins, silent ones included, without arbiters; none until a server has answered. */
export function membersIn({ servers }: TopologyDescription): string[] {
  const all = [...servers.values()];
  if (all.every(({ type }) => type === 'Unknown' || type === 'PossiblePrimary')) return [];
  const arbiters = new Set(all.flatMap((server) => server.arbiters));
  return all
    .filter(({ type, address }) => type !== 'RSArbiter' && !arbiters.has(address))
    .map(({ address }) => address);
}
