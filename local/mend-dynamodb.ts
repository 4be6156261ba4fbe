import { existsSync, renameSync, rmSync } from 'node:fs';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  paginateScan,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { ensureTable, startDynamoDb } from './dynamodb';

type Items = Record<string, AttributeValue>[];

const mostInBatch = 25;

/**
 * After a crash an item of the embedded DynamoDB may stand in its table and not in an index, or the other way round, as it writes one
 * after the other. With `MONGODB_URI` it keeps the grants on a server that outlives this service: one that `due` does not list would
 * never end. Copies what the table holds into a new folder, which then takes the place of the old one.
 */
export async function mendDynamoDb(folder: string, tableName: string): Promise<void> {
  const [next, old] = [`${folder}.next`, `${folder}.old`];
  // A mending that was cut off between its two last steps.
  if (!existsSync(folder) && existsSync(old)) renameSync(next, folder);
  if (!existsSync(folder)) return;
  rmSync(next, { recursive: true, force: true });
  await copy(folder, next, tableName);
  rmSync(old, { recursive: true, force: true });
  renameSync(folder, old);
  renameSync(next, folder);
  rmSync(old, { recursive: true });
}

async function copy(from: string, to: string, tableName: string): Promise<void> {
  const source = await startDynamoDb({ port: 0, folder: from });
  const target = await startDynamoDb({ port: 0, folder: to });
  const [reader, writer] = [clientOf(source.port), clientOf(target.port)];
  try {
    await ensureTable(writer, tableName);
    for await (const { Items = [] } of paginateScan({ client: reader }, { TableName: tableName }))
      await write(writer, tableName, Items);
  } catch (error) {
    // It ended before it had made its table.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  } finally {
    reader.destroy();
    writer.destroy();
    await Promise.all([source.close(), target.close()]);
  }
}

async function write(client: DynamoDBClient, tableName: string, items: Items): Promise<void> {
  for (let at = 0; at < items.length; at += mostInBatch) {
    const batch = items.slice(at, at + mostInBatch).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: batch } }));
  }
}

const clientOf = (port: number): DynamoDBClient =>
  new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
