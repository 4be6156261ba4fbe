import { BSON } from 'mongodb';
import { holdsAll } from '../../auth/privileges';
import type { Need } from '../../auth/terms';
import { ServerError } from '../../values/errors';
import { isObject, truthy } from '../../values/values';
import type { Call, Command } from '../command';
import { collectionName, collectionOf, onCollection } from '../namespaces';

/** Kinds of collections, and promises of a collection, that this server could not keep. */
const unsupported = ['viewOn', 'pipeline', 'capped', 'timeseries', 'validator', 'clusteredIndex', 'encryptedFields'];

/** Fields of `create` that describe the collection; others are about the command itself. */
const describing = ['storageEngine', 'indexOptionDefaults', 'collation'];

const create: Command = {
  name: 'create',
  needs: onCollection('createCollection'),
  run(call) {
    const { server, db, body } = call;
    refuse(call, unsupported);
    if (isObject(body.collation) && body.collation.locale !== 'simple') refuse(call, ['collation']);
    const options = Object.fromEntries(describing.filter((name) => name in body).map((name) => [name, body[name]]));
    server.data.create(db, collectionName(call), options);
    return {};
  },
};

function refuse({ name, body }: Call, fields: readonly string[]): void {
  const field = fields.find((one) => body[one] !== undefined);
  if (field !== undefined) throw new ServerError(115, `this server does not support ${name} with ${field}`);
}

const drop: Command = {
  name: 'drop',
  needs: onCollection('dropCollection'),
  run(call) {
    const { server, db } = call;
    const collection = collectionOf(call);
    // Since 7.0, a collection that is not there is no error.
    if (collection === undefined) return {};
    const nIndexesWas = new BSON.Int32(collection.indexSpecs().length);
    server.data.drop(db, collection.made.collection);
    server.cursors.closeWhere(({ ns }) => ns === collection.ns);
    return { nIndexesWas, ns: collection.ns };
  },
};

type Namespace = { db: string; collection: string };

function namespaceIn(value: unknown, field: string): Namespace {
  const match = typeof value === 'string' ? /^([^.\0]+)\.(.+)$/.exec(value) : null;
  const [, db, collection] = match ?? [];
  if (db === undefined || collection === undefined) {
    throw new ServerError(73, `Invalid namespace specified in '${field}': ${String(value)}`);
  }
  return { db, collection };
}

const renameCollection: Command = {
  name: 'renameCollection',
  adminOnly: true,
  allowed(call) {
    const { body } = call;
    const from = namespaceIn(body.renameCollection, 'renameCollection');
    const to = namespaceIn(body.to, 'to');
    const need = (action: string, on: Namespace): Need => ({ action, on });
    const within = [need('renameCollectionSameDB', from), need('renameCollectionSameDB', to)];
    if (from.db === to.db && !truthy(body.dropTarget) && holdsAll(call, within)) return true;
    const drops = truthy(body.dropTarget) ? [need('dropCollection', to)] : [];
    const acts = [need('find', from), need('dropCollection', from), need('insert', to), need('createIndex', to)];
    return holdsAll(call, [...acts, ...drops]);
  },
  run({ server, body }) {
    const from = namespaceIn(body.renameCollection, 'renameCollection');
    const to = namespaceIn(body.to, 'to');
    const source = server.data.find(from.db, from.collection);
    if (!source) throw new ServerError(26, `Source collection ${from.db}.${from.collection} does not exist`);
    if (source === server.data.find(to.db, to.collection))
      throw new ServerError(20, "Can't rename a collection to itself");
    if (truthy(body.dropTarget) && server.data.find(to.db, to.collection)) server.data.drop(to.db, to.collection);
    server.data.rename(source, to.db, to.collection);
    server.cursors.closeWhere(({ ns }) => ns === source.ns);
    return {};
  },
};

const collMod: Command = {
  name: 'collMod',
  needs: onCollection('collMod'),
  run(call) {
    if (collectionOf(call) === undefined) throw new ServerError(26, 'ns does not exist');
    refuse(call, ['index', 'validator', 'validationLevel', 'viewOn', 'expireAfterSeconds', 'cappedSize']);
    return {};
  },
};

const validate: Command = {
  name: 'validate',
  needs: onCollection('validate'),
  run(call) {
    const collection = collectionOf(call);
    if (collection === undefined)
      throw new ServerError(26, `Collection '${call.db}.${collectionName(call)}' does not exist.`);
    const specs = collection.indexSpecs();
    return {
      ns: collection.ns,
      nInvalidDocuments: new BSON.Int32(0),
      nrecords: new BSON.Int32(collection.size),
      nIndexes: new BSON.Int32(specs.length),
      keysPerIndex: Object.fromEntries(specs.map(({ name }) => [name, new BSON.Int32(collection.size)])),
      indexDetails: Object.fromEntries(specs.map(({ name }) => [name, { valid: true }])),
      valid: true,
      repaired: false,
      warnings: [],
      errors: [],
    };
  },
};

export const collectionCommands: readonly Command[] = [create, drop, renameCollection, collMod, validate];
