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
 * The embedded DynamoDB writes an item into its table and its indexes one by one, so they may differ after a crash. With `MONGODB_URI` it
 * holds grants on a server that outlives this service, and a grant missing in `due` would never end. So this copies the table into a new
 * folder, which replaces the old one.
 */
export async function mendDynamoDb(folder: string, tableName: string): Promise<void> {
  const [next, old] = [`${folder}.next`, `${folder}.old`];
  // An earlier repair was cut off between its two last steps.
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
    // The service ended before it made its table.
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
