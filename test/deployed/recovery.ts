import {
  DynamoDBClient,
  QueryCommand,
  RestoreTableToPointInTimeCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { clientOf } from './client-of';
import type { Emulator } from './emulator';

async function asking<T>(emulator: Emulator, ask: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = clientOf(DynamoDBClient, emulator);
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
