import type { MongoClient, MongoClientOptions } from 'mongodb';
import { type Credential, keyOf, sameConnection, type Wanted } from '../settings/credentials';
import { type Connect, isRefusal } from './connect';

export type OpenClients = ReturnType<typeof openClients>;

/** One MongoClient for each credential. Where a credential is replaced, the MongoClient of the old one stays open until its work is done. */
export function openClients(connect: Connect, options: MongoClientOptions) {
  const open = new Map<string, OpenClient>();
  const retired = new Set<OpenClient>();

  async function clientOf(wanted: Wanted, credential: Credential): Promise<MongoClient> {
    const key = keyOf(wanted);
    const known = open.get(key);
    if (known && !known.refused && sameConnection(known.credential, credential)) {
      known.credential = credential;
      return known.client;
    }
    const one = openClient(wanted, credential, connect(credential, options));
    open.set(key, one);
    if (known) retired.add(known);
    return one.client.catch((fault: unknown) => {
      if (open.get(key) === one) open.delete(key);
      throw fault;
    });
  }

  return {
    clientOf,
    /** The credential that MongoDB has refused to a later connection. */
    refusedOf: (wanted: Wanted): Credential | undefined => {
      const one = open.get(keyOf(wanted));
      return one?.refused ? one.credential : undefined;
    },
    inUse: (): Pick<OpenClient, 'wanted' | 'credential'>[] => [...open.values()],
    /** Notes that a credential has another end. */
    update: (wanted: Wanted, credential: Credential): void => {
      const one = open.get(keyOf(wanted));
      if (one && sameConnection(one.credential, credential)) one.credential = credential;
    },
    /** Closes what was replaced and has nothing left to do. */
    closeQuiet: (): void => {
      for (const one of [...retired].filter(isQuiet)) {
        retired.delete(one);
        void closed(one);
      }
    },
    /** Closes the MongoClients of credentials that are no good any more. */
    forget: async (gone: (credential: Credential) => boolean): Promise<void> => {
      const dead = [...open].filter(([, { credential }]) => gone(credential));
      for (const [key] of dead) open.delete(key);
      await Promise.all(dead.map(([, one]) => closed(one)));
    },
    closeAll: async (): Promise<void> => {
      const all = [...open.values(), ...retired];
      open.clear();
      retired.clear();
      await Promise.all(all.map(closed));
    },
  };
}

/** Milliseconds. A server keeps no idle cursor or session longer. */
const longestPause = 30 * 60_000;

/** A MongoClient, what it was opened for, and what has been seen of it. */
export interface OpenClient {
  wanted: Wanted;
  credential: Credential;
  client: Promise<MongoClient>;
  /** MongoDB has refused the credential to a later connection. */
  refused: boolean;
  /** Connections that are at work, and when one last was. */
  atWork: number;
  busyAt: number;
}

/** Watches a MongoClient from the moment that it has logged in. */
function openClient(wanted: Wanted, credential: Credential, client: Promise<MongoClient>): OpenClient {
  const one: OpenClient = { wanted, credential, client, refused: false, atWork: 0, busyAt: performance.now() };
  const moved = (by: number) => () => {
    one.atWork += by;
    one.busyAt = performance.now();
  };
  const watch = (opened: MongoClient) => {
    opened.on('connectionCheckedOut', moved(1)).on('connectionCheckedIn', moved(-1));
    // The driver's types do not show the error of the event.
    opened.on('connectionClosed', (event: object) => {
      if ('error' in event && isRefusal(event.error)) one.refused = true;
    });
  };
  client.then(watch, () => {});
  return one;
}

/** Whether no work with it can still go on. A cursor between two batches holds no connection, so this waits as long as a cursor lives. */
const isQuiet = ({ atWork, busyAt }: OpenClient): boolean => atWork <= 0 && performance.now() - busyAt > longestPause;

const closed = ({ client }: OpenClient): Promise<void> => client.then((opened) => opened.close()).catch(() => {});
