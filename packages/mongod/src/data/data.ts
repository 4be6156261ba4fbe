import { BSON, type Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { Collection, type CollectionEntry, type CreateEntry } from './collection';

/** What the journal keeps about databases and what is in them. */
export type DataEntry =
  | CollectionEntry
  | CreateEntry
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
    return [...(this.databases.get(db)?.values() ?? [])].sort((a, b) => (a.ns < b.ns ? -1 : 1));
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
    const entry: CreateEntry = { kind: 'create', db, collection: name, options, uuid: new BSON.UUID().toBinary() };
    this.keep(entry);
    return this.add(entry);
  }

  drop(db: string, name: string): void {
    this.keep({ kind: 'drop', db, collection: name });
    this.forget(db, name);
  }

  rename(from: Collection, toDb: string, toCollection: string): void {
    checkName(toDb, toCollection);
    if (this.find(toDb, toCollection)) throw new ServerError(48, 'target namespace exists');
    const { db, collection } = from.made;
    this.keep({ kind: 'rename', db, collection, toDb, toCollection });
    this.move(from, toDb, toCollection);
  }

  /** Takes over an entry of the journal, without writing it again. */
  replay(entry: DataEntry): void {
    const { kind, db, collection: name } = entry;
    const collection = this.find(db, name);
    if (kind === 'create') this.add(entry);
    else if (kind === 'drop') this.forget(db, name);
    else if (kind === 'rename') collection && this.move(collection, entry.toDb, entry.toCollection);
    else collection?.replay(entry);
  }

  /** Entries that make all of this anew. */
  entries(): DataEntry[] {
    return this.databaseNames()
      .flatMap((db) => this.collections(db))
      .flatMap((from) => [from.made, ...contentsOf(from, from.made)]);
  }

  private add(made: CreateEntry): Collection {
    const collection = new Collection(made, this.keep);
    const inside = this.databases.get(made.db) ?? new Map<string, Collection>();
    inside.set(made.collection, collection);
    this.databases.set(made.db, inside);
    return collection;
  }

  private forget(db: string, name: string): void {
    const inside = this.databases.get(db);
    inside?.delete(name);
    if (inside?.size === 0) this.databases.delete(db);
  }

  private move(from: Collection, toDb: string, toCollection: string): void {
    const made = { ...from.made, db: toDb, collection: toCollection };
    this.forget(from.made.db, from.made.collection);
    const moved = this.add(made);
    for (const entry of contentsOf(from, made)) moved.replay(entry);
  }
}

/** Entries that put what a collection holds into one of this name. */
function contentsOf(from: Collection, { db, collection }: CreateEntry): CollectionEntry[] {
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
