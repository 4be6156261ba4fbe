import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { ensureTable, startDynamoDb } from '../../local/dynamodb';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const clientOf = (port: number) =>
  new DynamoDBClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

test('the table has the keys and the indexes of the stack', async () => {
  const server = await startDynamoDb({ port: 0 });
  const client = clientOf(server.port);
  await ensureTable(client, 'mongogrant');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'mongogrant' }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  const indexes = new Map((Table?.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  expect([...indexes.keys()].sort()).toEqual(['due', 'listed']);
  expect(indexes.get('due')?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['duePk', 'dueAt']);
  expect(indexes.get('listed')?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['listPk', 'listSk']);
  expect([...indexes.values()].map(({ Projection }) => Projection?.ProjectionType)).toEqual(['ALL', 'ALL']);
  const types = Object.fromEntries(
    (Table?.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );
  expect(types).toEqual({ pk: 'S', sk: 'S', duePk: 'S', dueAt: 'N', listPk: 'S', listSk: 'S' });
  client.destroy();
  await server.close();
});

test('items survive a restart in a folder, and the table is not made again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  const first = await startDynamoDb({ port: 0, folder });
  const client = clientOf(first.port);
  await ensureTable(client, 'mongogrant');
  const item = { pk: { S: 'a' }, sk: { S: 'b' }, listPk: { S: 'rules' }, listSk: { S: 'b' } };
  await client.send(new PutItemCommand({ TableName: 'mongogrant', Item: item }));
  client.destroy();
  await first.close();

  const second = await startDynamoDb({ port: 0, folder });
  const again = clientOf(second.port);
  await ensureTable(again, 'mongogrant');
  const query = {
    TableName: 'mongogrant',
    IndexName: 'listed',
    KeyConditionExpression: 'listPk = :rules',
    ExpressionAttributeValues: { ':rules': { S: 'rules' } },
  };
  expect((await again.send(new QueryCommand(query))).Items).toEqual([item]);
  again.destroy();
  await second.close();
  rmSync(folder, { recursive: true });
});
