import { once } from 'node:events';
import { createServer, type Server as Listener } from 'node:net';
import { BSON } from 'mongodb';
import { Roles } from './auth/roles';
import { userRecord } from './auth/user-record';
import { Users } from './auth/users';
import { Data } from './data/data';
import { Cursors } from './state/cursors';
import { type Journal, type JournalEntry, openJournal, replay } from './state/journal';
import { Operations } from './state/operations';
import type { Server } from './state/server';
import { Sessions } from './state/sessions';
import { serveSocket } from './wire/serve-socket';

export interface MongodOptions {
  /** A free one if left out. */
  port?: number;
  /** `127.0.0.1` if left out. */
  host?: string;
  /** Created in `admin` with the role `root`, unless it is there already. */
  admin?: { username: string; password: string };
  /** Folder in which users, roles and documents are kept; in memory only if left out. */
  dataDir?: string;
}

export interface RunningMongod {
  port: number;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** Starts the embedded MongoDB-compatible server. A taken port rejects with the system's own `EADDRINUSE` error. */
export async function startMongod(options: MongodOptions = {}): Promise<RunningMongod> {
  const { host = '127.0.0.1' } = options;
  const listener = createServer({ noDelay: true });
  const port = await listen(listener, options.port ?? 0, host);
  // The port comes first: two servers must never write into one folder.
  const opening = openState({ host, port }, options);
  listener.on('connection', (socket) => {
    opening.then(
      ({ server }) => serveSocket(server, socket),
      () => socket.destroy(),
    );
  });
  try {
    const { server, journal } = await opening;
    return { port, close: () => close(listener, server, journal) };
  } catch (error) {
    listener.close();
    throw error;
  }
}

async function openState(
  address: Pick<Server, 'host' | 'port'>,
  { admin, dataDir }: MongodOptions,
): Promise<{ server: Server; journal: Journal }> {
  const journal = openJournal(dataDir);
  const keep = (entry: JournalEntry) => journal.append(entry);
  const server: Server = {
    users: new Users(keep),
    roles: new Roles(keep),
    data: new Data(keep),
    cursors: new Cursors(),
    sessions: new Sessions(),
    operations: new Operations(),
    connections: new Map(),
    processId: new BSON.ObjectId(),
    startedAt: new Date(),
    ...address,
  };
  journal.replay((entry) => replay(server, entry));
  // One that is there from an earlier run is left as it is.
  if (admin && !server.users.find(admin.username, 'admin')) {
    const { username: user, password } = admin;
    server.users.put(await userRecord({ user, db: 'admin', password, roles: [{ role: 'root', db: 'admin' }] }));
  }
  return { server, journal };
}

async function listen(listener: Listener, port: number, host: string): Promise<number> {
  listener.listen(port, host);
  await once(listener, 'listening');
  const address = listener.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function close(listener: Listener, server: Server, journal: Journal): Promise<void> {
  const freed = new Promise<void>((resolve) => listener.close(() => resolve()));
  for (const connection of server.connections.values()) connection.close();
  await freed;
  journal.close();
}
