import { BSON, type Document } from 'mongodb';
import { holdsAll, holdsAnythingIn } from '../../auth/privileges';
import type { Collection } from '../../data/collection';
import { compileFilter } from '../../data/match';
import { storageStats } from '../../data/storage-stats';
import { truthy } from '../../values/values';
import type { Call, Command } from '../command';
import { firstReply } from '../first-reply';
import { collectionName, collectionOf, documentsOf, onCollection, onDatabase } from '../namespaces';

/** What every result of `listCollections` says about a collection that is no view. */
function describe({ made: { collection: name, options, uuid } }: Collection): Document {
  const idIndex = { v: new BSON.Int32(2), key: { _id: new BSON.Int32(1) }, name: '_id_' };
  return { name, type: 'collection', options, info: { readOnly: false, uuid }, idIndex };
}

/** Users and roles show as collections of `admin`, as soon as there are some. */
function systemCollections(call: Call): Document[] {
  if (call.db !== 'admin') return [];
  return ['system.roles', 'system.users']
    .filter((name) => documentsOf(call, name).length > 0)
    .map((name) => ({ name, type: 'collection', options: {}, info: { readOnly: false } }));
}

const listCollections: Command = {
  name: 'listCollections',
  allowed(call) {
    const { db, body } = call;
    if (holdsAll(call, onDatabase('listCollections')(call))) return true;
    const modest = truthy(body.nameOnly) && truthy(body.authorizedCollections);
    return modest && holdsAnythingIn(call, db);
  },
  run(call) {
    const { server, db, body } = call;
    const matches = compileFilter(body.filter ?? {});
    const onlyMine = truthy(body.authorizedCollections);
    const found = [...server.data.collections(db).map(describe), ...systemCollections(call)]
      .filter(({ name }) => !onlyMine || holdsAnythingIn(call, db, name))
      .filter(matches)
      .map((row) => (truthy(body.nameOnly) ? { name: row.name, type: row.type } : row));
    return firstReply(
      call,
      { ns: `${db}.$cmd.listCollections`, documents: found },
      { batchSize: body.cursor?.batchSize },
    );
  },
};

const collStats: Command = {
  name: 'collStats',
  aliases: ['collstats'],
  needs: onCollection('collStats'),
  run(call) {
    return { ns: `${call.db}.${collectionName(call)}`, ...storageStats(collectionOf(call)) };
  },
};

export const collectionInfoCommands: readonly Command[] = [listCollections, collStats];
