import { BSON, type Document } from 'mongodb';
import type { Collection } from '../../data/collection';
import { type Query, select, selectNow } from '../../data/query';
import { type compileUpdate, seedOf } from '../../data/update';
import type { Call } from '../command';
import { collectionName, collectionOf } from '../namespaces';

/** What a write is about, as far as it is known before any wait. */
export function search(call: Call, query: Query): Promise<Document[]> {
  return select(call.operation, collectionOf(call)?.documentsFor(query.filter) ?? [], query);
}

export interface Present {
  collection: Collection | undefined;
  found: readonly Document[];
}

/**
 * What to write to, right now. Others may have written, or dropped the collection, since the search began; documents are
 * never changed in place, so one that is still the same object is unchanged. Nothing may be awaited between this and the write.
 */
export function present(call: Call, found: readonly Document[], query: Query): Present {
  const collection = collectionOf(call);
  if (found.length > 0 && found.every((document) => collection?.findById(document._id) === document)) {
    return { collection, found };
  }
  return { collection, found: selectNow(collection?.documentsFor(query.filter) ?? [], query) };
}

export function replaceIfChanged(
  collection: Collection,
  found: Document,
  change: (document: Document) => Document,
): boolean {
  const changed = change(found);
  if (Buffer.compare(BSON.serialize(found), BSON.serialize(changed)) === 0) return false;
  collection.replace(changed);
  return true;
}

export function insertSeed(call: Call, filter: Document, change: ReturnType<typeof compileUpdate>): Document {
  return call.server.data.ensure(call.db, collectionName(call)).insert(change(seedOf(filter), true));
}
