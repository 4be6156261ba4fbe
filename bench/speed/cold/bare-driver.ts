import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { MongoClient } from 'mongodb';
import { readFor, readSecret, table } from './bare-clients';

// The same with the driver: what a new grant must at least load and do. The writes to the table leave nothing there.

const TableName = process.env.TABLE_NAME;

export async function handler({ headers, body }: { headers: { authorization: string }; body: string }) {
  const { host, db, label } = JSON.parse(body);
  await readFor(headers.authorization);
  const { port, username, password } = await readSecret(`hosts/${host.replace(':', '/')}`);
  const key = marshall({ pk: 'bare', sk: label });
  await table.send(new PutItemCommand({ TableName, Item: key }));
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    ...{ auth: { username, password }, authSource: 'admin', serverMonitoringMode: 'poll' },
  });
  await client.db(db).command({ createUser: `bare-${label}`, pwd: 'p'.repeat(32), roles: ['read'] });
  await table.send(new DeleteItemCommand({ TableName, Key: key }));
  return { statusCode: 201 };
}
