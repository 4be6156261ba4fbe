import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Document, MongoClient } from 'mongodb';
import { spentSources } from '../../functions/request-link/spent-sources';
import { knownHosts } from '../../functions/rules/known-hosts';
import { ensureTable, startDynamoDb } from '../../local/dynamodb';
import { match } from '../../local/gateway';
import { startSecretsManager } from '../../local/secrets-manager';
import type { Log } from '../../shared/aws/log';
import type { Mail } from '../../shared/aws/mailer';
import { awsSecrets } from '../../shared/aws/secrets';
import { parseSettings } from '../../shared/aws/settings';
import { labOf } from '../../shared/http/lab';
import { serve } from '../../shared/http/serve';
import { openMongo } from '../../shared/mongo/open-mongo';
import { dynamoTable, type Item } from '../../shared/store/table';
import { keepPromises } from './keep-promises';
import { interpose, type Outside } from './outside';
import { startServer } from './start-server';
import { useCases } from './use-cases';

const admin = { username: 'mongoadmin', password: 'mongoadminpass' };
const tableName = 'mongogrant';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  json: Document;
}

export interface Ask {
  token?: string | undefined;
  body?: unknown;
  form?: string;
  headers?: Record<string, string>;
  ip?: string;
  base64?: boolean;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** The real handlers over the embedded services (MongoDB may be genuine), with a clock that stands still, a mailbox in memory, and an ear at every outside call. */
export async function openStage(settings: Record<string, unknown> = {}) {
  const [dynamodb, secretsManager, mongod] = await Promise.all([
    startDynamoDb({ port: 0 }),
    startSecretsManager({ port: 0, rotate: () => {} }),
    startServer({ admin }),
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsManager.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const dynamo = new DynamoDBClient();
  await ensureTable(dynamo, tableName);
  dynamo.destroy();
  const host = `localhost:${mongod.port}`;
  await createSecret('mongogrant/signing-key', { key: 'k'.repeat(64), older: [] });
  await createSecret('mongogrant/link-key', { key: 'l'.repeat(64), older: [] });
  await registerHost(host, { host: '127.0.0.1', port: mongod.port, ...admin });

  const mails: Mail[] = [];
  const logged: { level: string; code: string; facts: Record<string, unknown> }[] = [];
  const note =
    (level: string) =>
    (code: string, facts: Record<string, unknown> = {}) =>
      void logged.push({ level, code, facts });
  const log: Log = { info: note('info'), warn: note('warn'), error: note('error') };
  const clock = { now: new Date('2026-11-24T08:00:00.000Z') };
  const outside: Outside = { calls: [] };
  const { secrets, users } = openMongo(awsSecrets('mongogrant', () => clock.now.getTime()));
  const edges = interpose(
    {
      table: dynamoTable(tableName, log),
      secrets,
      users,
      mail: { send: async (mail: Mail) => void mails.push(mail) },
      hosts: knownHosts('mongogrant'),
    },
    outside,
  );
  const parsed = parseSettings({ admins: ['admin@example.com'], mailFrom: 'no-reply@example.com', ...settings });
  const deps = {
    ...edges,
    sendMail: edges.mail.send,
    settings: parsed,
    stackName: 'mongogrant',
    log,
    spent: spentSources(),
    floor: async () => {},
  };
  const handler = keepPromises(serve(useCases, deps, { log, lab: labOf(parsed), clock: () => clock.now }));
  const clients: MongoClient[] = [];

  async function ask(method: string, target: string, options: Ask = {}): Promise<Answer> {
    return answerOf(await handler(eventOf(method, target, options, clock.now)));
  }

  /** A token for this address, over the real link. */
  async function tokenFor(email: string): Promise<string> {
    const before = mails.length;
    await ask('POST', '/links', { body: { email }, ip: `10.9.${mails.length >> 8}.${mails.length & 255}` });
    const mail = mails[before];
    if (!mail) throw new Error(`No mail for ${email}`);
    const { json } = await ask('POST', linkIn(mail));
    return String(json.token);
  }

  /** A logged-in client; it rejects as the driver does. Closed with the stage. */
  async function login(username: string, password: string, authSource: string): Promise<MongoClient> {
    const client = new MongoClient(`mongodb://${host}/?directConnection=true`, {
      auth: { username, password },
      authSource,
      serverSelectionTimeoutMS: 2000,
    });
    clients.push(client);
    return client.connect();
  }

  async function close(): Promise<void> {
    await Promise.all([...clients, users].map((client) => client.close()));
    await Promise.all([dynamodb.close(), secretsManager.close(), mongod.close()]);
  }

  return {
    ask,
    tokenFor,
    login,
    close,
    host,
    mails,
    logged,
    clock,
    outside,
    edges,
    table: dynamoTable(tableName),
    admin,
    mongod,
    deps,
    parsed,
  };
}

/** A link that was mailed to this address just now, as a path. */
export async function mailedLink({ ask, mails }: Stage, email = 'admin@example.com'): Promise<string> {
  await ask('POST', '/links', { body: { email } });
  const mail = mails.at(-1);
  if (!mail) throw new Error('no mail');
  return linkIn(mail);
}

/** Waits for nothing: moves the clock. */
export const later = (stage: Stage, seconds: number): void => {
  stage.clock.now = new Date(stage.clock.now.getTime() + seconds * 1000);
};

/** The path of the link in a mail. */
export function linkIn(mail: Mail): string {
  const path = /https:\/\/api\.example\.org(\/links\/\S+)/.exec(mail.text)?.[1];
  if (!path) throw new Error('No link in the mail');
  return path;
}

/** Every item of the table, by a scan: only tests may. */
export async function allItems(): Promise<Item[]> {
  const client = new DynamoDBClient();
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  client.destroy();
  return Items.map((item) => unmarshall(item));
}

export async function createSecret(name: string, value: unknown): Promise<void> {
  const client = new SecretsManagerClient();
  await client.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value) }));
  client.destroy();
}

export const registerHost = (host: string, secret: Record<string, unknown>): Promise<void> =>
  createSecret(`mongogrant/hosts/${host.replace(':', '/')}`, { engine: 'mongo', ...secret });

/** The payload that API Gateway would send. */
export function eventOf(
  method: string,
  target: string,
  { token, body, form, headers = {}, ip = '192.0.2.1', base64 }: Ask,
  now: Date,
): APIGatewayProxyEventV2 {
  const [path = '', query = ''] = target.split('?');
  const { routeKey, pathParameters } = match(method, path);
  const text = form ?? (typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    headers: { ...(text && { 'content-type': type }), ...(token && { authorization: `Bearer ${token}` }), ...headers },
    pathParameters,
    ...(text && { body: base64 ? Buffer.from(text).toString('base64') : text }),
    isBase64Encoded: base64 ?? false,
    requestContext: {
      accountId: '000000000000',
      apiId: 'test',
      domainName: 'api.example.org',
      domainPrefix: 'api',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: ip, userAgent: 'test' },
      requestId: `request-${Math.random().toString(36).slice(2)}`,
      routeKey,
      stage: '$default',
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
  };
}

function answerOf({ statusCode = 0, headers = {}, body = '' }: APIGatewayProxyStructuredResultV2): Answer {
  const isJson = String(headers['content-type']).includes('json');
  const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return { status: statusCode, headers: plain, text: body, json: isJson ? JSON.parse(body) : {} };
}
