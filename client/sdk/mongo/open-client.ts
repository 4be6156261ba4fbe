import type { MongoClient } from 'mongodb';
import type { Credential, Wanted } from '../settings/credentials';
import { isRefusal } from './connect';

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
export function openClient(wanted: Wanted, credential: Credential, client: Promise<MongoClient>): OpenClient {
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
export const isQuiet = ({ atWork, busyAt }: OpenClient): boolean =>
  atWork <= 0 && performance.now() - busyAt > longestPause;

export const closed = ({ client }: OpenClient): Promise<void> =>
  client.then((opened) => opened.close()).catch(() => {});
