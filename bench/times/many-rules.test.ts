import { performance } from 'node:perf_hooks';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ensureTable, startDynamoDb } from '../../local/dynamodb';
import type { Listening } from '../../local/loopback';
import type { Rule } from '../../shared/policy/policy';
import { keys } from '../../shared/store/keys';
import { dynamoTable } from '../../shared/store/table';
import { quickApi } from '../../test/support/quick-api';

let service: Listening;
beforeAll(async () => {
  service = await startDynamoDb({ port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${service.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterAll(() => service.close());

/** A table with this many rules for other people, and four for ada@lab.org. */
async function withRules(name: string, others: number) {
  const client = new DynamoDBClient();
  await ensureTable(client, name);
  let next = 0;
  const fill = async () => {
    for (let from = next; from < others; from = next) {
      next += 25;
      const some = Array.from({ length: Math.min(25, others - from) }, (_, index) => item(from + index));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: some } }));
    }
  };
  await Promise.all([fill(), fill(), fill(), fill()]);
  client.destroy();
  const api = quickApi(dynamoTable(name));
  const admin = await api.tokenFor('admin@example.com');
  for (const rule of [
    { email: 'ada@lab.org', db: 'fw_*', role: 'read', which: 'allow' },
    { email: '*@lab.org', db: 'fw_*', role: 'readWrite', which: 'allow' },
    { email: '*', db: 'open', role: 'read', which: 'allow' },
    { email: '*', db: 'fw_secret', role: 'read', which: 'deny' },
  ]) {
    await api.ask('PUT', '/rules', { token: admin, body: { host: '*', ...rule } });
  }
  const ada = await api.tokenFor('ada@lab.org');
  return () => api.ask('GET', '/rules/why?host=h&db=fw_a&role=readWrite', { token: ada });
}

function item(n: number) {
  const email = n % 3 === 0 ? `*@lab${n}.org` : `person${n}@lab${n % 997}.org`;
  const rule: Rule = { email, host: `h${n % 50}`, db: 'fw_*', role: 'readWrite', which: n % 10 ? 'allow' : 'deny' };
  const key = keys.rule(rule);
  const stored = { ...key, ...rule, version: 1, setBy: 'admin@example.com', setAt: 0 };
  return { PutRequest: { Item: marshall({ ...stored, listPk: keys.allRules, listSk: `${email}#${key.sk}` }) } };
}

test('100,000 rules of other people: a decision reads as many items as with 10, in the same time', async () => {
  const decideAmong = { few: await withRules('few', 10), many: await withRules('many', 100_000) };
  const sent = jest.spyOn(DynamoDBClient.prototype, 'send');
  const itemsRead = async (decide: () => Promise<{ status: number }>) => {
    sent.mockClear();
    expect((await decide()).status).toBe(200);
    const answers = await Promise.all(sent.mock.results.map(({ value }) => value));
    return answers.reduce((sum, { ScannedCount, Item }) => sum + (ScannedCount ?? (Item ? 1 : 0)), 0);
  };
  const counts = [await itemsRead(decideAmong.few), await itemsRead(decideAmong.many)];
  sent.mockRestore();
  // The token's link and four rules.
  expect(counts).toEqual([5, 5]);

  const times: Record<string, number[]> = { few: [], many: [] };
  for (let round = 0; round < 330; round++)
    for (const [others, decide] of Object.entries(decideAmong)) {
      const begun = performance.now();
      await decide();
      // The first ones warm up.
      if (round >= 30) times[others]?.push(performance.now() - begun);
    }
  const [few = 0, many = 0] = Object.values(times).map((all) => all.toSorted((a, b) => a - b)[all.length >> 1]);
  console.log(
    `median of 300 decisions among 10 rules of others: ${few.toFixed(2)} ms, among 100,000: ${many.toFixed(2)} ms`,
  );
  expect(many / few).toBeLessThan(1.3);
}, 240_000);
