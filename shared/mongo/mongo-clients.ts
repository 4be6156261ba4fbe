import type { Db, MongoClient, MongoClientOptions, TopologyDescription } from 'mongodb';
import { together } from '../async/together';
import { isClientLost } from './mongo-faults';

/** Clients of MongoDB servers, each kept under a name for as long as it is of use. */
export interface MongoClients {
  /**
   * Uses a database of the client of this name; a new one where there is none, or where `key` is another than it was made for. `opened`
   * says whether that client's first connect went well.
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
  /** Whether its first connect went well. */
  opened: boolean;
  dbs: Map<string, Db>;
}

/** Milliseconds for which commands that are under way on a client may go on after another one took its place. */
const toFinishMs = 10_000;

/**
 * The driver closes for good what a client holds if its first connect fails, and forgets a server for good that calls itself part of
 * another set: such a client is put aside, and the next command begins with a new one.
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
      // The driver's own `db` puts a new one together each time, from all options of the client.
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
  // As on Lambda, and at once where a server said that it steps down: a stream of news waits for the server to have some.
  serverMonitoringMode: 'poll',
};

/** How mongogrant itself connects to a host. */
export const hostOptions: MongoClientOptions = {
  ...common,
  maxPoolSize: 10,
  serverSelectionTimeoutMS: 5000,
  connectTimeoutMS: 5000,
  // Networks forget idle connections without a word, and a function that slept does not notice.
  maxIdleTimeMS: 60_000,
};

/** How one member is asked, not logged in, or logged in as somebody else. */
export const visitOptions: MongoClientOptions = {
  ...common,
  maxPoolSize: 8,
  serverSelectionTimeoutMS: 3000,
  connectTimeoutMS: 3000,
  socketTimeoutMS: 3000,
};

/**
 * Addresses of the servers that check logins by themselves, those that do not answer included, and without arbiters; none as long as no
 * server has told of itself.
 */
export function membersIn({ servers }: TopologyDescription): string[] {
  const all = [...servers.values()];
  if (all.every(({ type }) => type === 'Unknown' || type === 'PossiblePrimary')) return [];
  const arbiters = new Set(all.flatMap((server) => server.arbiters));
  return all
    .filter(({ type, address }) => type !== 'RSArbiter' && !arbiters.has(address))
    .map(({ address }) => address);
}
