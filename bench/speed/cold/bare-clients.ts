import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import jwt from 'jsonwebtoken';

// What a function behind the API must at least load and do: it reads the signing key, checks a token, and reads what it asks for.

const TableName = process.env.TABLE_NAME;
export const table = new DynamoDBClient({ cacheMiddleware: true });
const secrets = new SecretsManagerClient({});

export async function readSecret(name: string) {
  const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: `mongogrant/${name}` }));
  return JSON.parse(SecretString);
}

export async function readFor(token: string) {
  const { key } = await readSecret('signing-key');
  const { sub = '', jti = '' } = Object(jwt.verify(token.replace('Bearer ', ''), key, { algorithms: ['HS256'] }));
  const own = { '#pk': 'pk' };
  const [{ Item = {} }, { Items = [] }] = await Promise.all([
    table.send(new GetItemCommand({ TableName, Key: { pk: { S: `links#${sub}` }, sk: { S: `link#${jti}` } } })),
    table.send(
      new QueryCommand({
        ...{ TableName, KeyConditionExpression: '#pk = :pk', ExpressionAttributeNames: own },
        ExpressionAttributeValues: { ':pk': { S: `grants#${sub}` } },
      }),
    ),
  ]);
  return { token: unmarshall(Item), items: Items.map((item) => unmarshall(item)) };
}

export const handler = async ({ headers }: { headers: { authorization: string } }) => ({
  statusCode: 200,
  body: JSON.stringify(await readFor(headers.authorization)),
});
