import { BSON, type Document } from 'mongodb';
import type { Need } from '../auth/terms';
import { whole } from '../data/query';
import { takeBatch } from '../state/cursors';
import { digestOf } from '../state/session-id';
import type { Call } from './command';

const firstBatchSize = 101;

/** The answer of a command that returns documents: the first batch, and a cursor for the rest. */
export function firstReply(
  { server, connection, session, body }: Call,
  ns: string,
  results: readonly Document[],
  { batchSize, single = false, needs }: { batchSize: unknown; single?: boolean; needs: readonly Need[] },
): Document {
  const remaining = [...results];
  const firstBatch = takeBatch(remaining, batchSize === undefined ? firstBatchSize : whole('batchSize', batchSize));
  if (single || remaining.length === 0 || connection.login === undefined) {
    return { cursor: { firstBatch, id: BSON.Long.ZERO, ns } };
  }
  const owner = digestOf(connection.login);
  const { id } = server.cursors.open({ ns, owner, session, needs, command: body, remaining });
  return { cursor: { firstBatch, id, ns } };
}
