import { BSON, type Document } from 'mongodb';
import type { Collection } from '../../data/collection';
import { keyOf } from '../../values/bson-order';
import { ServerError } from '../../values/errors';
import { isObject, truthy, typeName } from '../../values/values';
import type { Command } from '../command';
import { firstReply } from '../first-reply';
import { collectionName, collectionOf, onCollection } from '../namespaces';

const createIndexes: Command = {
  name: 'createIndexes',
  needs: onCollection('createIndex'),
  run(call) {
    const { server, db, body } = call;
    if (!Array.isArray(body.indexes) || body.indexes.length === 0) {
      throw new ServerError(2, 'Must specify at least one index to create');
    }
    const specs = body.indexes.map(parseSpec);
    const createdCollectionAutomatically = collectionOf(call) === undefined;
    const collection = server.data.ensure(db, collectionName(call));
    const numIndexesBefore = new BSON.Int32(collection.indexSpecs().length);
    for (const spec of specs) if (isNew(collection, spec)) collection.createIndex(spec);
    const numIndexesAfter = new BSON.Int32(collection.indexSpecs().length);
    const none = numIndexesAfter.value === numIndexesBefore.value;
    const note = none ? { note: 'all indexes already exist' } : {};
    return { numIndexesBefore, numIndexesAfter, createdCollectionAutomatically, ...note };
  },
};

function parseSpec(spec: unknown): Document {
  if (!isObject(spec))
    throw new ServerError(14, `The elements of the 'indexes' array must be objects, not ${typeName(spec)}`);
  const { key, name, ns, v, ...options } = spec;
  if (!isObject(key)) throw new ServerError(9, "The 'key' field is a required property of an index specification");
  if (Object.keys(key).length === 0) throw new ServerError(67, 'Index keys cannot be an empty document');
  if (typeof name !== 'string' || name === '') {
    throw new ServerError(9, "The 'name' field is a required property of an index specification");
  }
  if (truthy(options.unique) && options.partialFilterExpression !== undefined) {
    throw new ServerError(115, 'this server has no unique indexes with a partialFilterExpression');
  }
  return { v: new BSON.Int32(2), key, name, ...options };
}

/** False if there is just this index; an error if there is a similar one. */
function isNew(collection: Collection, spec: Document): boolean {
  const existing = collection.indexSpecs();
  const sameKey = existing.find(({ key }) => keyOf(key) === keyOf(spec.key));
  const sameName = existing.find(({ name }) => name === spec.name);
  // A client may name the index on _id as it likes; it is there already.
  if (sameKey?.name === '_id_') return false;
  if (sameName && sameName !== sameKey) {
    throw new ServerError(86, `An existing index has the same name as the requested index: ${spec.name}`);
  }
  if (sameKey === undefined) return true;
  if (sameName === undefined || truthy(sameKey.unique) !== truthy(spec.unique)) {
    throw new ServerError(85, `Index already exists with a different name or options: ${sameKey.name}`);
  }
  return false;
}

const dropIndexes: Command = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  needs: onCollection('dropIndex'),
  run(call) {
    const collection = collectionOf(call);
    if (collection === undefined) throw new ServerError(26, `ns not found ${call.db}.${collectionName(call)}`);
    const nIndexesWas = new BSON.Int32(collection.indexSpecs().length);
    for (const name of namesToDrop(collection, call.body.index)) collection.dropIndex(name);
    return { nIndexesWas };
  },
};

function namesToDrop(collection: Collection, index: unknown): string[] {
  const specs = collection.indexSpecs();
  if (index === '*') return specs.map(({ name }) => String(name)).filter((name) => name !== '_id_');
  return (Array.isArray(index) ? index : [index]).map((wanted: unknown) => {
    const found = specs.find(({ name, key }) => name === wanted || (isObject(wanted) && keyOf(key) === keyOf(wanted)));
    if (found === undefined) {
      const words = isObject(wanted) ? `can't find index with key: ${BSON.EJSON.stringify(wanted)}` : undefined;
      throw new ServerError(27, words ?? `index not found with name [${String(wanted)}]`);
    }
    if (found.name === '_id_') throw new ServerError(72, 'cannot drop _id index');
    return String(found.name);
  });
}

const listIndexes: Command = {
  name: 'listIndexes',
  needs: onCollection('listIndexes'),
  run(call) {
    const ns = `${call.db}.${collectionName(call)}`;
    const collection = collectionOf(call);
    if (collection === undefined) throw new ServerError(26, `ns does not exist: ${ns}`);
    return firstReply(call, { ns, documents: collection.indexSpecs() }, { batchSize: call.body.cursor?.batchSize });
  },
};

export const indexCommands: readonly Command[] = [createIndexes, dropIndexes, listIndexes];
