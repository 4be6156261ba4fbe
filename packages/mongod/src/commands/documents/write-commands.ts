import { BSON, type Document } from 'mongodb';
import type { Need } from '../../auth/terms';
import type { Collection } from '../../data/collection';
import { compileProjection } from '../../data/projection';
import { type Query, select, selectNow } from '../../data/query';
import { compileUpdate, isModifier, seedOf } from '../../data/update';
import { ServerError } from '../../values/errors';
import { isObject, truthy } from '../../values/values';
import type { Call, Command } from '../command';
import { collectionName, onCollection } from '../namespaces';

const int = (value: number): BSON.Int32 => new BSON.Int32(value);
const mostStatements = 100_000;

/** The statements of a write command, each a document. */
function statementsIn({ body, name }: Call, field: string): Document[] {
  const list: unknown = body[field];
  if (list === undefined) throw new ServerError(40414, `BSON field '${name}.${field}' is missing but a required field`);
  if (!Array.isArray(list))
    throw new ServerError(14, `BSON field '${name}.${field}' is the wrong type, expected 'array'`);
  if (list.length === 0 || list.length > mostStatements) {
    throw new ServerError(
      16,
      `Write batch sizes must be between 1 and ${mostStatements}. Got ${list.length} operations.`,
    );
  }
  const statements = list.filter(isObject);
  if (statements.length === list.length) return statements;
  throw new ServerError(14, `BSON field '${name}.${field}' must hold objects`);
}

/** Runs each statement; a failed one is reported by its index, and ends the command only if it is ordered. */
async function runEach(
  { body, operation }: Call,
  statements: readonly Document[],
  run: (statement: Document, index: number) => void | Promise<void>,
): Promise<Document[]> {
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    operation.check();
    try {
      await run(statement, index);
    } catch (error) {
      if (!(error instanceof ServerError) || endsCommand(error)) throw error;
      writeErrors.push({ index: int(index), code: int(error.code), ...error.extra, errmsg: error.message });
      if (body.ordered === undefined || truthy(body.ordered)) break;
    }
  }
  return writeErrors;
}

/** Interruptions, and refusals of the namespace, are no fault of one statement. */
function endsCommand({ code }: ServerError): boolean {
  return [50, 73, 279, 11601].includes(code);
}

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

interface Updated {
  matched: number;
  modified: number;
  upserted?: Document;
}

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

function search(call: Call, query: Query): Promise<Document[]> {
  return select(
    call.operation,
    call.server.data.find(call.db, collectionName(call))?.documentsFor(query.filter) ?? [],
    query,
  );
}

/**
 * What to write to, right now. Others may have written, or dropped the collection, since the search began; documents are
 * never changed in place, so one that is still the same object is unchanged. Nothing may be awaited between this and the write.
 */
function present(
  call: Call,
  found: readonly Document[],
  query: Query,
): { collection: Collection | undefined; found: readonly Document[] } {
  const collection = call.server.data.find(call.db, collectionName(call));
  if (found.length > 0 && found.every((document) => collection?.findById(document._id) === document)) {
    return { collection, found };
  }
  return { collection, found: selectNow(collection?.documentsFor(query.filter) ?? [], query) };
}

function replaceIfChanged(collection: Collection, found: Document, change: (document: Document) => Document): boolean {
  const changed = change(found);
  if (Buffer.compare(BSON.serialize(found), BSON.serialize(changed)) === 0) return false;
  collection.replace(changed);
  return true;
}

function insertSeed(call: Call, filter: Document, change: ReturnType<typeof compileUpdate>): Document {
  return call.server.data.ensure(call.db, collectionName(call)).insert(change(seedOf(filter), true));
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

const findAndModify: Command = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  needs(call): Need[] {
    const { remove: removes, upsert } = call.body;
    const actions = truthy(removes) ? ['remove'] : ['update', ...(truthy(upsert) ? ['insert'] : [])];
    return onCollection('find', ...actions)(call);
  },
  async run(call) {
    const { body } = call;
    const { query: filter = {}, sort, fields } = body;
    if (truthy(body.remove) === (body.update !== undefined)) {
      throw new ServerError(9, 'Either an update or remove=true must be specified');
    }
    const query = { filter, sort, limit: int(1) };
    const { collection, found: all } = present(call, await search(call, query), query);
    const [found] = all;
    const { value, lastErrorObject } = truthy(body.remove)
      ? removeFound(collection, found)
      : updateFound(call, collection, found, filter);
    const project = isObject(fields) && Object.keys(fields).length > 0 ? compileProjection(fields, filter) : undefined;
    return { lastErrorObject, value: value && project ? project(value) : (value ?? null) };
  },
};

interface Modified {
  value: Document | undefined;
  lastErrorObject: Document;
}

function removeFound(collection: Collection | undefined, found: Document | undefined): Modified {
  if (found) collection?.remove(found._id);
  return { value: found, lastErrorObject: { n: int(found ? 1 : 0) } };
}

function updateFound(
  call: Call,
  collection: Collection | undefined,
  found: Document | undefined,
  filter: Document,
): Modified {
  const { update: u, upsert, arrayFilters, new: wantsNew, let: variables } = call.body;
  const change = compileUpdate(u, { filter, arrayFilters, variables });
  if (found && collection) {
    replaceIfChanged(collection, found, change);
    const value = truthy(wantsNew) ? collection.findById(found._id) : found;
    return { value, lastErrorObject: { n: int(1), updatedExisting: true } };
  }
  if (!truthy(upsert)) return { value: undefined, lastErrorObject: { n: int(0), updatedExisting: false } };
  const made = insertSeed(call, filter, change);
  const lastErrorObject = { n: int(1), updatedExisting: false, upserted: made._id };
  return { value: truthy(wantsNew) ? made : undefined, lastErrorObject };
}

export const writeCommands: readonly Command[] = [insert, update, remove, findAndModify];
