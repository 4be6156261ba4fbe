import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { seconds } from '../../shared/policy/time';
import { readLiveGrants } from '../../shared/store/grants/reads';
import type { Table } from '../../shared/store/table';
import { usersOn } from '../load/see';

/** The longest times, in seconds. */
export interface Watched {
  /** How long a user stayed on the server after its life was over. */
  overdue: number;
  /** How long a row waited for its end, or for its user to be settled. */
  waiting: number;
}

/** Looks at a server and at the rows of its grants each second, until it is told to stop. */
export function watch(host: string, adminUri: string, table: Table): { stop(): Promise<Watched> } {
  const watched: Watched = { overdue: 0, waiting: 0 };
  let over = false;
  const look = async (client: MongoClient) => {
    const [users, { grants }] = await Promise.all([usersOn(client), readLiveGrants(table, seconds(new Date()))]);
    const now = seconds(new Date());
    const late = users.map(({ expires }) => now - seconds(new Date(expires)));
    const due = grants.filter((grant) => grant.host === host).map(({ dueAt = now }) => now - dueAt);
    watched.overdue = Math.max(watched.overdue, ...late);
    watched.waiting = Math.max(watched.waiting, ...due);
  };
  const watching = MongoClient.connect(adminUri).then(async (client) => {
    for (; !over; await wait(1000)) await look(client);
    await client.close();
  });
  return {
    async stop() {
      over = true;
      await watching;
      return watched;
    },
  };
}
