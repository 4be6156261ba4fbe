import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ensureTable } from '../../../local/dynamodb';
import { keys } from '../../../shared/store/keys';
import { newId } from '../../../shared/tokens/tokens';
import { startBackends } from '../backends/start-backends';
import { listenToClients, type RecordedCall, record } from '../calls/record';
import type { Measured, Options, Verdict } from '../measure/measured';
import { inTurn, median, ratioOf } from '../measure/turns';
import { fillTable, linkOf } from '../rows/fill';
import { acts, invite, unused } from '../service/acts';
import { compileService } from '../service/compile-service';

const [smallest, large, largest] = [100, 10_000, 1_000_000];
const [turns, requests] = [9, 5];

const tableOf = (size: number): string => `rows${size}`;

/** Each request in tables with more and more rows of other people. */
export async function measureGrowth(options: Options): Promise<Measured> {
  listenToClients();
  const sizes = [smallest, large, ...(options.largest ? [largest] : [])];
  const backends = await startBackends();
  const { host } = backends;
  const { openService } = await compileService();
  const stands = [];
  for (const size of sizes) {
    const tableName = tableOf(size);
    const client = new DynamoDBClient({});
    await ensureTable(client, tableName);
    client.destroy();
    await fillTable(tableName, host, size);
    const service = openService(tableName);
    const people = await invite(service, host, { count: (turns + 1) * requests, domain: `with${size}.example` });
    stands.push({ size, service, people });
  }
  const rows: Measured['rows'] = [];
  const verdicts: Verdict[] = [];
  const bare = new DynamoDBClient({});
  for (const act of [...acts, ...bareCalls]) {
    const looks = Object.fromEntries(
      stands.map((stand) => {
        const next = 'call' in act ? () => bareOnes(bare, act, stand.size) : unused({ ...stand, act }, requests);
        return [stand.size, () => look(next())];
      }),
    );
    const seen = await inTurn(turns, looks);
    const of = (size: number) => seen[size] ?? [];
    const times = (size: number) => of(size).map(({ ms }) => ms);
    const reads = sizes.map((size) => last(of(size))).map(({ items, bytes }) => `${items} / ${bytes}`);
    const ratios = sizes.slice(1).map((size) => ({ size, ...ratioOf(times(size), times(smallest)) }));
    rows.push([
      ...[act.name, ...sizes.map((size) => Number(median(times(size)).toFixed(1)))],
      ...[...ratios.map(({ ratio }) => Number(ratio.toFixed(2))), ...reads],
    ]);
    for (const { size, ratio, noisy } of 'call' in act ? [] : ratios)
      verdicts.push({
        what: `${act.name}: time with ${size.toLocaleString('en')} rows / with ${smallest}`,
        ...{ value: Number(ratio.toFixed(2)), target: { atMost: 1.05 }, ...(noisy && { noisy }) },
      });
  }
  for (const { service } of stands) await service.close();
  await backends.close();
  const named = sizes.map((size) => size.toLocaleString('en'));
  return {
    title: 'Growth',
    how: `Tables with ${named.join(', ')} rows of other people (a quarter tokens, a third grants on the same host, rules, and audit events of 30 days), one after the other in each turn. Items and bytes are those that a request read from the table, bytes as JSON. The bare calls go to the emulator without the service. A renewal looks at the login first here, as it was changed just before.`,
    columns: [
      ...['request', ...named.map((size) => `${size}: ms`), ...named.slice(1).map((size) => `${size} / ${smallest}`)],
      ...named.map((size) => `${size}: items / bytes`),
    ],
    rows,
    verdicts,
  };
}

/** The first row of each table. */
const first = linkOf(0);

/** Calls without the service: what the emulator itself takes. */
const bareCalls = [
  {
    name: 'a bare read',
    call: (client: DynamoDBClient, TableName: string) =>
      client.send(new GetItemCommand({ TableName, Key: marshall(keys.link(first)) })),
  },
  {
    name: 'a bare query',
    call: (client: DynamoDBClient, TableName: string) =>
      client.send(
        new QueryCommand({
          ...{ TableName, KeyConditionExpression: 'pk = :pk' },
          ExpressionAttributeValues: marshall({ ':pk': keys.links(first.email) }),
        }),
      ),
  },
  {
    name: 'a bare write',
    call: (client: DynamoDBClient, TableName: string) =>
      client.send(new PutItemCommand({ TableName, Item: marshall({ pk: 'bare', sk: newId() }) })),
  },
];

const bareOnes = (client: DynamoDBClient, { call }: (typeof bareCalls)[number], size: number) =>
  Array.from({ length: requests }, () => () => call(client, tableOf(size)));

interface Look {
  ms: number;
  items: number;
  bytes: number;
}

async function look(sends: (() => Promise<unknown>)[]): Promise<Look> {
  const times: number[] = [];
  let calls: RecordedCall[] = [];
  for (const send of sends) {
    const recorded = await record(send);
    times.push(recorded.took);
    calls = recorded.calls;
  }
  const answers = calls.filter(({ backend }) => backend === 'dynamodb').map(({ answer }) => Object(answer));
  const items = answers.flatMap(({ Item, Items = [] }) => (Item ? [Item] : Items));
  return { ms: median(times), items: items.length, bytes: Buffer.byteLength(JSON.stringify(items)) };
}

const last = (looks: Look[]): Look => looks.at(-1) ?? { ms: 0, items: 0, bytes: 0 };
