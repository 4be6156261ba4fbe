import { BatchWriteItemCommand, type DynamoDBClient, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { sideBySide } from '../../../shared/async/side-by-side';

const mostInBatch = 25;
const atOnce = 8;

/** Puts items into a table, as fast as it takes them. */
export const putRows = (client: DynamoDBClient, tableName: string, rows: readonly object[]): Promise<void> =>
  writeRows(
    client,
    tableName,
    rows.map((row) => ({ PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) } })),
  );

/** The emulator leaves none of a batch for later. */
export async function writeRows(
  client: DynamoDBClient,
  tableName: string,
  writes: readonly WriteRequest[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(writes.length / mostInBatch) }, (_, n) =>
    writes.slice(n * mostInBatch, (n + 1) * mostInBatch),
  );
  await sideBySide(atOnce, batches, (batch) =>
    client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: batch } })),
  );
}
