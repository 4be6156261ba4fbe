import type { BSON, Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { Collection, type CollectionEntry } from './collection';

/** What the journal keeps about databases and what is in them. */
export type DataEntry =
  | CollectionEntry
  | { kind: 'create'; db: string; collection: string; options: Document; uuid: BSON.Binary }
  | { kind: 'drop'; db: string; collection: string }
  | { kind: 'rename'; db: string; collection: string; toDb: string; toCollection: string };

/** The databases of the server. One exists as long as it has a collection. */
export class Data {
  private readonly databases = new Map<string, Map<string, Collection>>();

  constructor(private readonly keep: (entry: DataEntry) => void) {}

  databaseNames(): string[] {
    return [...this.databases.keys()].sort();
  }

  /** The collections of a database, by name. */
  collections(db: string): Collection[] {
    return [...(this.databases.get(db)?.values() ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(db: string, name: string): Collection | undefined {
    return this.databases.get(db)?.get(name);
  }

  /** The collection, which comes into being if it is not there. */
  ensure(db: string, name: string): Collection {
    return this.find(db, name) ?? this.create(db, name, {});
  }

  create(db: string, name: string, options: Document): Collection {
    checkName(db, name);
    if (this.find(db, name)) throw new ServerError(48, `Collection already exists. NS: ${db}.${name}`);
    const collection = new Collection(db, name, options, this.keep);
    this.keep({ kind: 'create', db, collection: name, options, uuid: collection.uuid });
    this.add(collection);
    return collection;
  }

  drop(db: string, name: string): void {
    this.keep({ kind: 'drop', db, collection: name });
    this.forget(db, name);
  }

  rename(from: Collection, toDb: string, toCollection: string): void {
    checkName(toDb, toCollection);
    if (this.find(toDb, toCollection)) throw new ServerError(48, 'target namespace exists');
    this.keep({ kind: 'rename', db: from.db, collection: from.name, toDb, toCollection });
    this.move(from, toDb, toCollection);
  }

  /** Takes over an entry of the journal, without writing it again. */
  replay(entry: DataEntry): void {
    const { kind, db, collection: name } = entry;
    const collection = this.find(db, name);
    if (kind === 'create') this.add(new Collection(db, name, entry.options, this.keep, entry.uuid));
    else if (kind === 'drop') this.forget(db, name);
    else if (kind === 'rename') collection && this.move(collection, entry.toDb, entry.toCollection);
    else collection?.replay(entry);
  }

  /** Entries that make all of this anew. */
  entries(): DataEntry[] {
    return this.databaseNames()
      .flatMap((db) => this.collections(db))
      .flatMap((from) => [
        { kind: 'create', db: from.db, collection: from.name, options: from.options, uuid: from.uuid },
        ...contentsOf(from, from.db, from.name),
      ]);
  }

  private add(collection: Collection): void {
    const inside = this.databases.get(collection.db) ?? new Map<string, Collection>();
    inside.set(collection.name, collection);
    this.databases.set(collection.db, inside);
  }

  private forget(db: string, name: string): void {
    const inside = this.databases.get(db);
    inside?.delete(name);
    if (inside?.size === 0) this.databases.delete(db);
  }

  private move(from: Collection, toDb: string, toCollection: string): void {
    const moved = new Collection(toDb, toCollection, from.options, this.keep, from.uuid);
    for (const entry of contentsOf(from, toDb, toCollection)) moved.replay(entry);
    this.forget(from.db, from.name);
    this.add(moved);
  }
}

function contentsOf(from: Collection, db: string, collection: string): CollectionEntry[] {
  return [
    ...from.indexSpecs().map((spec): CollectionEntry => ({ kind: 'index', db, collection, spec })),
    ...from.documents().map((document): CollectionEntry => ({ kind: 'put', db, collection, document })),
  ];
}

function checkName(db: string, name: string): void {
  const invalid = name === '' || name.startsWith('.') || name.endsWith('.') || /[$\0]/.test(name);
  if (invalid || Buffer.byteLength(`${db}.${name}`) > 255) {
    throw new ServerError(73, `Invalid namespace specified '${db}.${name}'`);
  }
  if (name.startsWith('system.') && name !== 'system.js') {
    throw new ServerError(73, `Invalid system namespace: ${db}.${name}`);
  }
}
