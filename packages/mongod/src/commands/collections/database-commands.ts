import { BSON, type Document } from 'mongodb';
import { holds, holdsAnythingIn } from '../../auth/privileges';
import { compileFilter } from '../../data/match';
import { storageStats } from '../../data/storage-stats';
import type { Server } from '../../state/server';
import { ServerError } from '../../values/errors';
import { numberIn, truthy } from '../../values/values';
import type { Command } from '../command';
import { onDatabase } from '../namespaces';

const listDatabases: Command = {
  name: 'listDatabases',
  adminOnly: true,
  run(call) {
    const { server, body } = call;
    const mayListAll = holds(call, { action: 'listDatabases', on: { cluster: true } });
    const { authorizedDatabases } = body;
    if (authorizedDatabases !== undefined && !truthy(authorizedDatabases) && !mayListAll) {
      throw new ServerError(13, 'Insufficient permissions to list all databases');
    }
    const all = mayListAll && !truthy(authorizedDatabases);
    const databases = databaseNames(server)
      .filter((name) => all || holdsAnythingIn(call, name))
      .map((name) => describe(server, name))
      .filter(compileFilter(body.filter ?? {}));
    if (truthy(body.nameOnly)) return { databases: databases.map(({ name }) => ({ name })) };
    const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + (numberIn(sizeOnDisk) ?? 0), 0);
    const totalSizeMb = BSON.Long.fromNumber(Math.floor(totalSize / 2 ** 20));
    return { databases, totalSize: BSON.Long.fromNumber(totalSize), totalSizeMb };
  },
};

/** Those with collections; `admin` also for the users in it. */
function databaseNames(server: Server): string[] {
  const withUsers = server.users.all().length > 0 || server.roles.all().length > 0 ? ['admin'] : [];
  return [...new Set([...server.data.databaseNames(), ...withUsers])].sort();
}

function describe(server: Server, name: string): Document {
  return { name, sizeOnDisk: BSON.Long.fromNumber(sizeOf(server, name)), empty: false };
}

function sizeOf(server: Server, db: string): number {
  return server.data.collections(db).reduce((sum, one) => sum + (numberIn(storageStats(one).size) ?? 0), 0);
}

const dropDatabase: Command = {
  name: 'dropDatabase',
  needs: onDatabase('dropDatabase'),
  run({ server, db }) {
    for (const { made } of server.data.collections(db)) server.data.drop(db, made.collection);
    server.cursors.closeWhere(({ ns }) => ns.startsWith(`${db}.`));
    return {};
  },
};

const dbStats: Command = {
  name: 'dbStats',
  aliases: ['dbstats'],
  needs: onDatabase('dbStats'),
  run({ server, db }) {
    const collections = server.data.collections(db);
    const objects = collections.reduce((sum, { size }) => sum + size, 0);
    const size = sizeOf(server, db);
    return {
      db,
      collections: new BSON.Int32(collections.length),
      views: new BSON.Int32(0),
      objects: new BSON.Int32(objects),
      avgObjSize: new BSON.Double(objects > 0 ? size / objects : 0),
      dataSize: new BSON.Double(size),
      storageSize: new BSON.Double(size),
      indexes: new BSON.Int32(collections.reduce((sum, one) => sum + one.indexSpecs().length, 0)),
      indexSize: new BSON.Double(0),
      totalSize: new BSON.Double(size),
      scaleFactor: new BSON.Int32(1),
    };
  },
};

export const databaseCommands: readonly Command[] = [listDatabases, dropDatabase, dbStats];
