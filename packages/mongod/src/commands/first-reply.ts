import { BSON, type Document } from 'mongodb';
import { whole } from '../data/query';
import { takeBatch } from '../state/cursors';
import { digestOf } from '../state/session-id';
import type { Call } from './command';

const firstBatchSize = 101;

/** The answer of a command that returns documents: the first batch, and a cursor for the rest. */
export function firstReply(
  call: Call,
  { ns, documents }: { ns: string; documents: readonly Document[] },
  { batchSize, single = false }: { batchSize: unknown; single?: boolean },
): Document {
  const { server, connection, session, command, body } = call;
  const remaining = [...documents];
  const firstBatch = takeBatch(remaining, batchSize === undefined ? firstBatchSize : whole('batchSize', batchSize));
  if (single || remaining.length === 0 || connection.login === undefined) {
    return { cursor: { firstBatch, id: BSON.Long.ZERO, ns } };
  }
  const owner = digestOf(connection.login);
  const needs = command.needs?.(call) ?? [];
  const { id } = server.cursors.open({ ns, owner, session, needs, command: body, remaining });
  return { cursor: { firstBatch, id, ns } };
}
