import { BSON, type Document } from 'mongodb';
import type { Collection } from './collection';

/** Sizes are those of the BSON documents: this server has no storage format of its own. */
export function storageStats(collection: Collection | undefined): Document {
  const documents = collection?.documents() ?? [];
  const size = documents.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0);
  const specs = collection?.indexSpecs() ?? [];
  return {
    size: new BSON.Int32(size),
    count: new BSON.Int32(documents.length),
    ...(documents.length > 0 && { avgObjSize: new BSON.Int32(Math.round(size / documents.length)) }),
    numOrphanDocs: new BSON.Int32(0),
    storageSize: new BSON.Int32(size),
    freeStorageSize: new BSON.Int32(0),
    capped: false,
    nindexes: new BSON.Int32(specs.length),
    indexBuilds: [],
    indexDetails: {},
    indexSizes: Object.fromEntries(specs.map(({ name }) => [name, new BSON.Int32(0)])),
    totalIndexSize: new BSON.Int32(0),
    totalSize: new BSON.Int32(size),
    scaleFactor: new BSON.Int32(1),
  };
}
