import { BSON, type Document } from 'mongodb';
import { compileUpdate, isModifier } from '../../data/update';
import { ServerError } from '../../values/errors';
import { truthy } from '../../values/values';
import type { Call, Command } from '../command';
import { collectionName, onCollection } from '../namespaces';
import { findAndModify } from './find-and-modify';
import { runEach, statementsIn } from './write-statements';
import { insertSeed, present, replaceIfChanged, search } from './write-targets';

const int = (value: number): BSON.Int32 => new BSON.Int32(value);

const withErrors = (writeErrors: Document[]): Document => (writeErrors.length > 0 ? { writeErrors } : {});

const insert: Command = {
  name: 'insert',
  sequences: ['documents'],
  needs: onCollection('insert'),
  async run(call) {
    const documents = statementsIn(call, 'documents');
    const collection = call.server.data.ensure(call.db, collectionName(call));
    let n = 0;
    const writeErrors = await runEach(call, documents, (document) => {
      collection.insert(document);
      n += 1;
    });
    return { n: int(n), ...withErrors(writeErrors) };
  },
};

const update: Command = {
  name: 'update',
  sequences: ['updates'],
  needs(call) {
    const upserts = statementsIn(call, 'updates').some(({ upsert }) => truthy(upsert));
    return onCollection('update', ...(upserts ? ['insert'] : []))(call);
  },
  async run(call) {
    let [n, nModified] = [0, 0];
    const upserted: Document[] = [];
    const writeErrors = await runEach(call, statementsIn(call, 'updates'), async (statement, index) => {
      const result = await updateWith(call, statement);
      n += result.matched + (result.upserted ? 1 : 0);
      nModified += result.modified;
      if (result.upserted) upserted.push({ index: int(index), _id: result.upserted._id });
    });
    const upserts = upserted.length > 0 ? { upserted } : {};
    return { n: int(n), nModified: int(nModified), ...upserts, ...withErrors(writeErrors) };
  },
};

type Updated = { matched: number; modified: number; upserted?: Document };

async function updateWith(call: Call, statement: Document): Promise<Updated> {
  const { q = {}, u, upsert, multi, arrayFilters, sort, c } = statement;
  if (truthy(multi) && !Array.isArray(u) && !isModifier(u)) {
    throw new ServerError(9, 'multi update is not supported for replacement-style update');
  }
  const change = compileUpdate(u, { filter: q, arrayFilters, variables: c ?? call.body.let });
  const query = { filter: q, sort, limit: truthy(multi) ? undefined : int(1) };
  const { collection, found } = present(call, await search(call, query), query);
  let modified = 0;
  for (const document of found) if (collection && replaceIfChanged(collection, document, change)) modified += 1;
  if (found.length > 0 || !truthy(upsert)) return { matched: found.length, modified };
  return { matched: 0, modified: 0, upserted: insertSeed(call, q, change) };
}

const remove: Command = {
  name: 'delete',
  sequences: ['deletes'],
  needs: onCollection('remove'),
  async run(call) {
    let n = 0;
    const writeErrors = await runEach(call, statementsIn(call, 'deletes'), async ({ q, limit }) => {
      const query = { filter: q, limit };
      const { collection, found } = present(call, await search(call, query), query);
      for (const { _id } of found) collection?.remove(_id);
      n += found.length;
    });
    return { n: int(n), ...withErrors(writeErrors) };
  },
};

export const writeCommands: readonly Command[] = [insert, update, remove, findAndModify];
