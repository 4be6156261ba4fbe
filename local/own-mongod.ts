import { join } from 'node:path';
import { MongoServerError } from 'mongodb';
import { type AdminLogin, createFirstUser, openClient } from './genuine/first-user';
import { MongodFault, type MongodProcess, startMongodProcess } from './genuine/mongod-process';
import { portFault } from './loopback';
import { StartError } from './start-error';

export interface OwnMongodOptions {
  /** The value of MONGOD. */
  binary: string;
  /** Any free port if 0. */
  port: number;
  dataDir?: string | undefined;
  admin: AdminLogin;
}

/** Starts an installed MongoDB server for this service alone, with its admin. It ends with the service. */
export async function startOwnMongod({ binary, port, dataDir, admin }: OwnMongodOptions): Promise<MongodProcess> {
  const folder = dataDir && join(dataDir, 'mongod');
  const running = await startMongodProcess({ binary, port, folder, flags: ['--auth'] }).catch((error: unknown) => {
    if (!(error instanceof MongodFault)) throw error;
    throw error.taken
      ? portFault({ code: 'EADDRINUSE' }, port, 'MONGODB_PORT')
      : new StartError(`MONGOD: ${error.message}`);
  });
  try {
    await ensureAdmin(running.port, admin);
    return running;
  } catch (error) {
    await running.close();
    const words = error instanceof Error ? error.message : error;
    throw new StartError(`MONGOD: the admin ${admin.username} can't be used on ${binary}: ${words}`);
  }
}

/** In a folder that was used before, the admin already exists, and creating it fails with code 13. */
async function ensureAdmin(port: number, admin: AdminLogin): Promise<void> {
  await createFirstUser(port, admin).catch((error: unknown) => {
    if (!(error instanceof MongoServerError && error.code === 13)) throw error;
  });
  const client = openClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, { auth: admin });
  try {
    await client.db('admin').command({ ping: 1 });
  } finally {
    await client.close();
  }
}
