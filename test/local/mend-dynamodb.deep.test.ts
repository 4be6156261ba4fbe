import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../local/dynamodb';
import { mendDynamoDb } from '../../local/mend-dynamodb';

const TableName = 'mongogrant';
const item = (n: number) => ({ pk: { S: `p${n}` }, sk: { S: 's' }, listPk: { S: 'rules' }, listSk: { S: `${n}` } });

let base: string;
let folder: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mend-'));
  folder = join(base, 'dynamodb');
});
afterEach(() => rmSync(base, { recursive: true }));

async function within<T>(use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const { port, close } = await startDynamoDb({ port: 0, folder });
  const client = new DynamoDBClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const result = await use(client);
  client.destroy();
  await close();
  return result;
}

/** As a crash between the two writes leaves them: in the table, and in no index. */
const itemsWithoutIndex = (count: number) =>
  within(async (client) => {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
    for (let n = 0; n < count; n++) await client.send(new PutItemCommand({ TableName, Item: item(n) }));
  });

const listed = () =>
  within(async (client) => {
    const query = {
      IndexName: 'listed',
      KeyConditionExpression: 'listPk = :rules',
      ExpressionAttributeValues: { ':rules': { S: 'rules' } },
    };
    const { Count: inIndex } = await client.send(new QueryCommand({ TableName, ...query }));
    const { Count: inTable } = await client.send(new ScanCommand({ TableName }));
    return { inIndex, inTable };
  });

test('what stands in the table stands in its indexes afterwards', async () => {
  await itemsWithoutIndex(60);
  await mendDynamoDb(folder, TableName);
  expect(await listed()).toEqual({ inIndex: 60, inTable: 60 });
  expect(readdirSync(base)).toEqual(['dynamodb']);
});

test('it may be cut off at any point, and begins again', async () => {
  await itemsWithoutIndex(3);
  mkdirSync(`${folder}.next`);
  writeFileSync(join(`${folder}.next`, 'half'), '');
  await mendDynamoDb(folder, TableName);
  expect(await listed()).toEqual({ inIndex: 3, inTable: 3 });

  renameSync(folder, `${folder}.next`);
  mkdirSync(`${folder}.old`);
  await mendDynamoDb(folder, TableName);
  expect(await listed()).toEqual({ inIndex: 3, inTable: 3 });

  mkdirSync(`${folder}.old`);
  await mendDynamoDb(folder, TableName);
  expect(await listed()).toEqual({ inIndex: 3, inTable: 3 });
  expect(readdirSync(base)).toEqual(['dynamodb']);
});

test('a service that crashed before it had made its table, or its folder, leaves nothing to mend', async () => {
  await mendDynamoDb(folder, TableName);
  expect(existsSync(folder)).toBe(false);
  await within(async () => undefined);
  await mendDynamoDb(folder, TableName);
  expect(readdirSync(base)).toEqual(['dynamodb']);
});
