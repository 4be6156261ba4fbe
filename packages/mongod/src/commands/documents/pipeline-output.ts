import type { Document } from 'mongodb';
import type { Need } from '../../auth/terms';
import type { Collection } from '../../data/collection';
import type { Data } from '../../data/data';
import { compileFilter } from '../../data/match';
import { valueAt } from '../../data/update-paths';
import type { Server } from '../../state/server';
import { ServerError } from '../../values/errors';
import { isObject } from '../../values/values';

/** Where a pipeline that ends in `$out` or `$merge` puts its results. */
export interface Target {
  db: string;
  collection: string;
  needs: Need[];
  merge: Document | undefined;
}

/** The target of the last stage, if that writes. */
export function writeTarget(db: string, stage: Document | undefined): Target | undefined {
  if (stage?.$out !== undefined) {
    const place = placeOf(db, stage.$out);
    return { ...place, needs: needsOn(place, 'insert', 'remove'), merge: undefined };
  }
  if (stage?.$merge === undefined) return undefined;
  const merge: Document = isObject(stage.$merge) ? stage.$merge : { into: stage.$merge };
  const place = placeOf(db, merge.into);
  const actions = [
    ...(merge.whenNotMatched === undefined || merge.whenNotMatched === 'insert' ? ['insert'] : []),
    ...(['keepExisting', 'fail'].includes(merge.whenMatched) ? [] : ['update']),
  ];
  return { ...place, needs: needsOn(place, ...actions), merge };
}

function placeOf(db: string, value: unknown): { db: string; collection: string } {
  if (typeof value === 'string') return { db, collection: value };
  const { db: other = db, coll }: Document = isObject(value) ? value : {};
  if (typeof coll === 'string' && typeof other === 'string') return { db: other, collection: coll };
  throw new ServerError(16990, 'the target of $out or $merge must be a name, or {db, coll}');
}

function needsOn(on: { db: string; collection: string }, ...actions: string[]): Need[] {
  return actions.map((action) => ({ action, on }));
}

export function writeResults({ data }: Server, target: Target, results: readonly Document[]): void {
  if (target.merge) mergeInto(data.ensure(target.db, target.collection), target.merge, results);
  else replaceAll(data, target, results);
}

/** Indexes outlive `$out`; documents do not. */
function replaceAll(data: Data, { db, collection: name }: Target, results: readonly Document[]): void {
  const before = data.find(db, name);
  if (before) data.drop(db, name);
  const collection = data.create(db, name, before?.made.options ?? {});
  for (const spec of before?.indexSpecs() ?? []) if (spec.name !== '_id_') collection.createIndex(spec);
  for (const document of results) collection.insert(document);
}

function mergeInto(collection: Collection, merge: Document, results: readonly Document[]): void {
  const { on = '_id', whenMatched = 'merge', whenNotMatched = 'insert' } = merge;
  const paths: string[] = Array.isArray(on) ? on.map(String) : [String(on)];
  for (const document of results) {
    const same = compileFilter(
      Object.fromEntries(paths.map((path) => [path, { $eq: valueAt(document, path) ?? null }])),
    );
    const existing = collection.documents().find(same);
    if (existing === undefined) {
      if (whenNotMatched === 'insert') collection.insert(document);
      else if (whenNotMatched === 'fail') throw new ServerError(13113, '$merge could not find a matching document');
    } else if (whenMatched === 'merge') {
      collection.replace({ ...existing, ...document, _id: existing._id });
    } else if (whenMatched === 'replace') {
      collection.replace({ ...document, _id: existing._id });
    } else if (whenMatched === 'fail') {
      throw new ServerError(11000, '$merge found a document that is there already');
    } else if (whenMatched !== 'keepExisting') {
      throw new ServerError(115, 'this server merges by merge, replace, keepExisting or fail only');
    }
  }
}
