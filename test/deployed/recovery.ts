import {
  DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
  RestoreTableToPointInTimeCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Emulator } from './emulator';

async function asking<T>({ url, env }: Emulator, ask: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  const config: DynamoDBClientConfig = { endpoint: url, region: env.AWS_REGION ?? '', credentials };
  const client = new DynamoDBClient(config);
  try {
    return await ask(client);
  } finally {
    client.destroy();
  }
}

/** As docs/operations.md has it. (The emulator knows no past: the new table holds what the old one does now.) */
export const recoverTable = (emulator: Emulator, from: string, to: string): Promise<unknown> =>
  asking(emulator, async (client) => {
    const names = { SourceTableName: from, TargetTableName: to };
    await client.send(new RestoreTableToPointInTimeCommand({ ...names, UseLatestRestorableTime: true }));
    await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: to });
  });

/** The state of a person's grant on a database, as a table has it. */
export const stateIn = (emulator: Emulator, table: string, { email, db }: { email: string; db: string }) =>
  asking(emulator, async (client) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `grants#${email}` } },
      }),
    );
    return Items.map((item) => unmarshall(item)).find((item) => item.db === db)?.state;
  });
