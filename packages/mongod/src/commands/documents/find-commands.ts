import { BSON } from 'mongodb';
import { holds, holdsAll } from '../../auth/privileges';
import { candidates, valuesAt } from '../../data/paths';
import { compileProjection } from '../../data/projection';
import { select, whole } from '../../data/query';
import { type Cursor, takeBatch } from '../../state/cursors';
import { digestOf, showSession } from '../../state/session-id';
import { sameSession } from '../../state/sessions';
import { compareValues } from '../../values/bson-order';
import { ServerError } from '../../values/errors';
import { isObject, numberIn, truthy, typeName } from '../../values/values';
import type { Call, Command } from '../command';
import { firstReply } from '../first-reply';
import { collectionName, documentsOf, onCollection } from '../namespaces';

const find: Command = {
  name: 'find',
  needs: onCollection('find'),
  async run(call) {
    const { operation, db, body } = call;
    const name = collectionName(call);
    // Older clients ask for one batch by a negative limit.
    const limit = numberIn(body.limit) ?? 0;
    const query = { filter: body.filter, sort: body.sort, skip: body.skip, limit: new BSON.Double(Math.abs(limit)) };
    const found = await select(operation, documentsOf(call, name, body.filter), query);
    const project = isObject(body.projection)
      ? compileProjection(body.projection, body.filter ?? {}, body.let)
      : undefined;
    const results = project && Object.keys(body.projection).length > 0 ? found.map(project) : found;
    const single = truthy(body.singleBatch) || limit < 0;
    return firstReply(call, { ns: `${db}.${name}`, documents: results }, { batchSize: body.batchSize, single });
  },
};

const getMore: Command = {
  name: 'getMore',
  run(call) {
    const { server, body } = call;
    const id = longIn(body.getMore);
    const cursor = server.cursors.find(id);
    if (cursor === undefined) throw new ServerError(43, `cursor id ${id} not found`);
    checkSession(call, cursor);
    checkOwner(call, cursor);
    if (!holdsAll(call, cursor.needs)) {
      throw new ServerError(13, `not authorized for getMore with cursor id ${id}`);
    }
    const ns = `${call.db}.${String(body.collection)}`;
    if (ns !== cursor.ns) {
      throw new ServerError(
        13,
        `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
      );
    }
    cursor.lastUse = new Date();
    const nextBatch = takeBatch(cursor.remaining, whole('batchSize', body.batchSize) || Number.POSITIVE_INFINITY);
    const ended = cursor.remaining.length === 0;
    if (ended) server.cursors.close(id);
    return { cursor: { nextBatch, id: ended ? BSON.Long.ZERO : id, ns } };
  },
};

function checkOwner({ connection: { login } }: Call, cursor: Cursor): void {
  if (login !== undefined && digestOf(login) === cursor.owner) return;
  throw new ServerError(13, `cursor id ${cursor.id} was not created by the authenticated user`);
}

function checkSession({ session }: Call, cursor: Cursor): void {
  if (sameSession(session, cursor.session)) return;
  const [its, here] = [showSession(cursor.session), showSession(session)];
  throw new ServerError(
    13,
    `Cursor session id (${its}) is not the same as the operation context's session id (${here})`,
  );
}

function longIn(value: unknown): BSON.Long {
  if (value instanceof BSON.Long) return value;
  throw new ServerError(
    14,
    `BSON field 'getMore.getMore' is the wrong type '${typeName(value)}', expected type 'long'`,
  );
}

const killCursors: Command = {
  name: 'killCursors',
  allowed(call) {
    const { server, connection, body } = call;
    const { login } = connection;
    const mine = login && digestOf(login);
    const others = idsIn(body.cursors).some((id) => (server.cursors.find(id)?.owner ?? mine) !== mine);
    return !others || holds(call, { action: 'killAnyCursor', on: { cluster: true } });
  },
  run({ server, body }) {
    const ids = idsIn(body.cursors);
    const cursorsKilled = ids.filter((id) => server.cursors.close(id));
    const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
    return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
  },
};

function idsIn(value: unknown): BSON.Long[] {
  if (!Array.isArray(value)) throw new ServerError(14, "BSON field 'killCursors.cursors' is the wrong type");
  return value.map(longIn);
}

const count: Command = {
  name: 'count',
  needs: onCollection('find'),
  async run(call) {
    const { operation, body } = call;
    const limit = new BSON.Double(Math.abs(numberIn(body.limit) ?? 0));
    const query = { filter: body.query, skip: body.skip, limit };
    const found = await select(operation, documentsOf(call, collectionName(call)), query);
    return { n: new BSON.Int32(found.length) };
  },
};

const distinct: Command = {
  name: 'distinct',
  needs: onCollection('find'),
  async run(call) {
    const { operation, body } = call;
    const { key } = body;
    if (typeof key !== 'string') throw new ServerError(14, "BSON field 'distinct.key' is the wrong type");
    const found = await select(operation, documentsOf(call, collectionName(call)), { filter: body.query });
    const values = found
      .flatMap((document) => candidates(valuesAt(document, key)))
      .filter((value) => value !== undefined && !Array.isArray(value))
      .sort(compareValues);
    return { values: values.filter((value, index) => index === 0 || compareValues(values[index - 1], value) !== 0) };
  },
};

export const findCommands: readonly Command[] = [find, getMore, killCursors, count, distinct];
