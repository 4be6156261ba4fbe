import { BSON, type Document } from 'mongodb';
import { keyOf } from '../values/bson-order';
import { ServerError } from '../values/errors';
import { render } from '../values/render';
import { isObject, truthy } from '../values/values';
import { hasOperators } from './match';
import { candidates, valuesAt } from './paths';

/** What the journal keeps of the making of a collection. */
export interface CreateEntry {
  kind: 'create';
  db: string;
  collection: string;
  options: Document;
  uuid: BSON.Binary;
}

/** What the journal keeps about the documents and indexes of a collection. */
export type CollectionEntry =
  | { kind: 'put'; db: string; collection: string; document: Document }
  | { kind: 'remove'; db: string; collection: string; id: unknown }
  | { kind: 'index'; db: string; collection: string; spec: Document }
  | { kind: 'dropIndex'; db: string; collection: string; name: string };

interface Index {
  spec: Document;
  /** For a unique index: whose document (by the key of its `_id`) holds a value. */
  holders: Map<string, string> | undefined;
}

const idSpec: Document = { v: 2, key: { _id: 1 }, name: '_id_' };
const largest = 16 * 1024 * 1024;

/** Documents in the order of their insertion, and the indexes that keep some of their values unique. */
export class Collection {
  readonly ns: string;
  private readonly byId = new Map<string, Document>();
  private readonly indexes = new Map<string, Index>([['_id_', { spec: idSpec, holders: undefined }]]);

  constructor(
    readonly made: CreateEntry,
    private readonly keep: (entry: CollectionEntry) => void,
  ) {
    this.ns = `${made.db}.${made.collection}`;
  }

  get size(): number {
    return this.byId.size;
  }

  /** A snapshot: what is written later does not show in it. Documents in it are never changed in place. */
  documents(): Document[] {
    return [...this.byId.values()];
  }

  /** Those that may match a filter: where it names an `_id`, at most one. */
  documentsFor(filter: unknown): Document[] {
    const id: unknown = isObject(filter) ? filter._id : undefined;
    if (id === undefined || id instanceof BSON.BSONRegExp || hasOperators(id)) return this.documents();
    const found = this.findById(id);
    return found ? [found] : [];
  }

  findById(id: unknown): Document | undefined {
    return this.byId.get(keyOf(id));
  }

  /** Stores a document, with an `_id` of ours in front if it has none. */
  insert(document: Document): Document {
    const stored = withId(document);
    const key = keyOf(stored._id);
    if (this.byId.has(key)) throw duplicate(this.ns, idSpec, { _id: stored._id });
    this.store(key, stored);
    return stored;
  }

  /** Puts a changed document, with the same `_id`, in the place of the old one. */
  replace(document: Document): void {
    this.store(keyOf(document._id), document);
  }

  remove(id: unknown): void {
    this.keep({ kind: 'remove', ...this.place(), id });
    this.forget(id);
  }

  indexSpecs(): Document[] {
    return [...this.indexes.values()].map(({ spec }) => spec);
  }

  createIndex(spec: Document): void {
    const index = this.built(spec);
    this.keep({ kind: 'index', ...this.place(), spec });
    this.indexes.set(String(spec.name), index);
  }

  dropIndex(name: string): void {
    this.keep({ kind: 'dropIndex', ...this.place(), name });
    this.indexes.delete(name);
  }

  /** Takes over an entry of the journal, without writing it again. */
  replay(entry: CollectionEntry): void {
    if (entry.kind === 'put') this.set(keyOf(entry.document._id), entry.document);
    else if (entry.kind === 'remove') this.forget(entry.id);
    else if (entry.kind === 'index') this.indexes.set(String(entry.spec.name), this.built(entry.spec));
    else this.indexes.delete(entry.name);
  }

  private place(): { db: string; collection: string } {
    return { db: this.made.db, collection: this.made.collection };
  }

  private store(key: string, document: Document): void {
    if (BSON.calculateObjectSize(document) > largest) throw new ServerError(10334, 'document is larger than 16 MB');
    for (const { spec, holders, value } of this.uniqueValues(document)) {
      const holder = holders.get(keyOf(value));
      if (holder !== undefined && holder !== key) throw duplicate(this.ns, spec, value);
    }
    this.keep({ kind: 'put', ...this.place(), document });
    this.set(key, document);
  }

  private set(key: string, document: Document): void {
    this.release(key);
    this.byId.set(key, document);
    for (const { holders, value } of this.uniqueValues(document)) holders.set(keyOf(value), key);
  }

  private forget(id: unknown): void {
    const key = keyOf(id);
    this.release(key);
    this.byId.delete(key);
  }

  /** Gives up the unique values that a document holds. */
  private release(key: string): void {
    const document = this.byId.get(key);
    for (const { holders, value } of document ? this.uniqueValues(document) : []) holders.delete(keyOf(value));
  }

  /** What a document has under each unique index. */
  private *uniqueValues(document: Document) {
    for (const { spec, holders } of this.indexes.values()) {
      if (holders) for (const value of valuesFor(spec, document)) yield { spec, holders, value };
    }
  }

  private built(spec: Document): Index {
    if (!truthy(spec.unique)) return { spec, holders: undefined };
    const holders = new Map<string, string>();
    for (const [key, document] of this.byId) {
      for (const value of valuesFor(spec, document)) {
        const holder = holders.get(keyOf(value));
        if (holder !== undefined && holder !== key) throw duplicate(this.ns, spec, value);
        holders.set(keyOf(value), key);
      }
    }
    return { spec, holders };
  }
}

function withId(document: Document): Document {
  const { _id = new BSON.ObjectId(), ...rest } = document;
  if (Array.isArray(_id) || _id instanceof BSON.BSONRegExp) {
    throw new ServerError(53, `The '_id' value cannot be of type ${Array.isArray(_id) ? 'array' : 'regex'}`);
  }
  return { _id, ...rest };
}

/** What a document has under an index: one combination of values for each element of the arrays in it. */
function valuesFor({ key, sparse }: Document, document: Document): Document[] {
  let combinations: Document[] = [{}];
  let present = false;
  for (const path of Object.keys(key)) {
    const found = valuesAt(document, path);
    present ||= found.some((value) => value !== undefined);
    const values = found.some(Array.isArray) ? candidates(found).filter((value) => !Array.isArray(value)) : found;
    const options: unknown[] = values.length > 0 ? values : [null];
    combinations = combinations.flatMap((one) => options.map((value) => ({ ...one, [path]: value ?? null })));
  }
  return present || !truthy(sparse) ? combinations : [];
}

function duplicate(ns: string, { name, key: keyPattern }: Document, keyValue: Document): ServerError {
  const text = `E11000 duplicate key error collection: ${ns} index: ${name} dup key: ${render(keyValue)}`;
  return new ServerError(11000, text, { keyPattern, keyValue });
}
