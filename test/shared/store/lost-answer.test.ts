import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ensureTable, startDynamoDb } from '../../../local/dynamodb';
import type { Listening } from '../../../local/loopback';
import { dynamoTable, type Table } from '../../../shared/store/table';

let dynamodb: Listening;
let proxy: Server;
let table: Table;
/** How many of the next answers to writes are cut off, after the write was done. */
let lost = 0;
/** The same, but the connection stays open, and nothing comes. */
let held = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb({ port: 0 });
  proxy = createServer((incoming, outgoing) => {
    const { method, headers, url: path } = incoming;
    const onward = request({ port: dynamodb.port, host: '127.0.0.1', method, headers, path }, (answer) => {
      const isWrite = /\.(PutItem|UpdateItem|DeleteItem)$/.test(String(headers['x-amz-target']));
      if (isWrite && lost-- > 0) {
        answer.resume().on('end', () => outgoing.destroy());
        return;
      }
      if (isWrite && held-- > 0) return void answer.resume();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await ensureTable(new DynamoDBClient(), 'lost');
  table = dynamoTable('lost');
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await dynamodb.close();
});
beforeEach(() => {
  lost = 0;
  held = 0;
});

const absent = { if: 'attribute_not_exists(#pk)' };
const first = { if: '#version = :first', values: { first: 1 } };

test('a write whose answer got lost is known as done', async () => {
  const key = { pk: 'a', sk: 'a' };
  lost = 1;
  expect(await table.put({ ...key, version: 1 }, absent)).toBe(true);
  lost = 1;
  expect(await table.update(key, { add: { version: 1 }, ...first })).toMatchObject({ ...key, version: 2 });
  lost = 1;
  expect(await table.delete(key, { if: '#version = :second', values: { second: 2 } })).toBe(true);
  expect(await table.get(key)).toBeUndefined();
});

test("somebody else's write is not taken for one's own", async () => {
  const key = { pk: 'b', sk: 'b' };
  await table.put({ ...key, version: 7 }, absent);
  lost = 1;
  expect(await table.put({ ...key, version: 1 }, absent)).toBe(false);
  lost = 1;
  expect(await table.update(key, { add: { version: 1 }, ...first })).toBeUndefined();
  lost = 1;
  expect(await table.delete(key, first)).toBe(false);
  expect(await table.get(key)).toMatchObject({ version: 7 });
});

test('a write that hears nothing for five seconds is sent again, and known as done', async () => {
  held = 1;
  const begun = Date.now();
  expect(await table.put({ pk: 'held', sk: 'a', version: 1 }, absent)).toBe(true);
  expect(Date.now() - begun).toBeGreaterThan(4_900);
  expect(Date.now() - begun).toBeLessThan(9_000);
});
