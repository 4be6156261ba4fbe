import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ensureTable, startDynamoDb } from '../../../local/dynamodb';
import type { Listening } from '../../../local/loopback';
import { isPassing } from '../../../shared/aws/aws-faults';
import { dynamoTable, type Table } from '../../../shared/store/table';
import { useRealLimits } from '../../support/one-process';
import { isWrite, standBefore } from '../../support/stand-before';

useRealLimits();

let dynamodb: Listening;
let proxy: Awaited<ReturnType<typeof standBefore>>;
let table: Table;
/** How many of the next answers to writes are cut off, after the write was done. */
let lost = 0;
/** The same, but the connection stays open, and nothing comes. */
let held = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb({ port: 0 });
  proxy = await standBefore(dynamodb.port, async (sent, pass) => {
    const reply = await pass(sent);
    if (isWrite(sent) && lost-- > 0) return 'cut';
    return isWrite(sent) && held-- > 0 ? 'silence' : reply;
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await ensureTable(new DynamoDBClient(), 'lost');
  table = dynamoTable('lost');
});
afterAll(async () => {
  await proxy.close();
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

test('a write that hears nothing is sent again, and known as done', async () => {
  held = 1;
  expect(await table.put({ pk: 'held', sk: 'a', version: 1 }, absent)).toBe(true);
});

test('a write that never hears anything is given up, with a fault that passes', async () => {
  held = 100;
  const fault = await table.put({ pk: 'held', sk: 'b', version: 1 }, absent).catch((error: unknown) => error);
  expect(isPassing(fault)).toBe(true);
});
