import type { MongoClient, MongoClientOptions } from 'mongodb';
import { type Credential, keyOf, sameConnection, type Wanted } from '../settings/credentials';
import type { Connect } from './connect';
import { closed, isQuiet, type OpenClient, openClient } from './open-client';

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
    /** What is open. */
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
