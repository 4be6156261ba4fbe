import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceNotFoundException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type Listening, onLoopback, open } from './loopback';

/** Starts an embedded DynamoDB, in memory or in a folder. */
export function startDynamoDb({ port, folder }: { port: number; folder?: string | undefined }): Promise<Listening> {
  return onLoopback(port, 'DYNAMODB_PORT', async (free) => {
    const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...(folder && { path: folder }) });
    await open(server, free, '127.0.0.1');
    return server;
  });
}

/** Creates mongogrant's table with the indexes of the stack, unless it exists. */
export async function ensureTable(client: DynamoDBClient, name: string): Promise<void> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await client.send(new CreateTableCommand(tableDefinition(name)));
    await waitUntilTableExists({ client, minDelay: 0.05, maxDelay: 0.2, maxWaitTime: 10 }, { TableName: name });
  }
}

const tableDefinition = (name: string): CreateTableCommand['input'] => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'duePk', AttributeType: 'S' },
    { AttributeName: 'dueAt', AttributeType: 'N' },
    { AttributeName: 'listPk', AttributeType: 'S' },
    { AttributeName: 'listSk', AttributeType: 'S' },
  ],
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: [index('due', 'duePk', 'dueAt'), index('listed', 'listPk', 'listSk')],
});

const keySchema = (partition: string, sort: string): GlobalSecondaryIndex['KeySchema'] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

const index = (IndexName: string, partition: string, sort: string): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: keySchema(partition, sort),
  Projection: { ProjectionType: 'ALL' },
});
