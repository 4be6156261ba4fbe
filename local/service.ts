import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { adminEnvironment } from '../shared/aws/admin-environment';
import { routesOf } from '../shared/contract/routes';
import { day } from '../shared/policy/time';
import type { Grant } from '../shared/store/grants/row';
import { dynamoTable } from '../shared/store/table';
import { holdFolder } from './data-folder';
import { ensureTable, startDynamoDb } from './dynamodb';
import { every } from './every';
import { type FunctionEnvironment, type Functions, loadFunctions, localAws, setEnvironment } from './functions';
import { type Handlers, startGateway } from './gateway';
import { loginsLeft } from './left-logins';
import { localSettings } from './local-settings';
import { startMailbox } from './mailbox';
import { mendDynamoDb } from './mend-dynamodb';
import { type LocalMongoDb, startMongoDb, useMongoDb } from './mongodb';
import { startSecretsManager } from './secrets-manager';
import { seed } from './seed';
import { StartError } from './start-error';

/** The port of each part, by the environment variable that sets it; 0 means any free port. */
export type Ports = Record<'PORT' | 'MAIL_PORT' | 'DYNAMODB_PORT' | 'SECRETS_PORT' | 'MONGODB_PORT', number>;

export const usualPorts: Readonly<Ports> = {
  PORT: 3000,
  MAIL_PORT: 8005,
  DYNAMODB_PORT: 8000,
  SECRETS_PORT: 8001,
  MONGODB_PORT: 27020,
};
export const anyPorts: Readonly<Ports> = { PORT: 0, MAIL_PORT: 0, DYNAMODB_PORT: 0, SECRETS_PORT: 0, MONGODB_PORT: 0 };

export interface ServiceOptions {
  ports?: Partial<Ports>;
  /** Where data are stored; in memory only if left out. */
  dataDir?: string | undefined;
  /** Settings that replace the local defaults. */
  settings?: Record<string, unknown>;
  /** Seconds between two runs of the reaper; 60 if left out. */
  reapEvery?: number;
  /** The address of a real MongoDB server, with its admin login, to use instead of the embedded one. */
  mongodbUri?: string | undefined;
  /** The binary of a MongoDB server to start instead of the embedded one. */
  mongod?: string | undefined;
  /** Called at the end, after all functions, with the grants whose logins stay. */
  onLeft?: (left: Grant[]) => void;
  /** Replaces the real functions. */
  handlers?: Handlers;
}

export interface Service {
  /** Address of the API, such as `http://localhost:3000`. */
  api: string;
  mailbox: string;
  dynamodb: string;
  secretsManager: string;
  /** The registered name of the MongoDB host, such as `localhost:27020`, or `localhost` for MongoDB's own port. */
  host: string;
  /** The host's address with the admin login. */
  adminUri: string;
  /** Whether the MongoDB server was given, so that it goes on without this service. */
  given: boolean;
  tableName: string;
  /** The shell line that points `mgrant hosts` and `mgrant import` at this service. */
  forAdmins: string;
  close(): Promise<void>;
}

const tableName = 'mongogrant';

/** Starts all of mongogrant on this machine. If a part can't start, the earlier ones end again. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const started: (() => Promise<void>)[] = [];
  const close = async () => {
    const faults: unknown[] = [];
    for (const end of started.splice(0).reverse()) await end().catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  };
  const kept = <T extends { close(): Promise<void> }>(part: T): T => {
    started.push(() => part.close());
    return part;
  };
  try {
    return { ...(await startParts(options, kept)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: ServiceOptions,
  kept: <T extends { close(): Promise<void> }>(part: T) => T,
): Promise<Omit<Service, 'close'>> {
  const { dataDir, mongodbUri, mongod } = options;
  if (mongodbUri !== undefined && mongod !== undefined)
    throw new StartError('MONGODB_URI names a server that runs, MONGOD one to be started: set one of them');
  const ports = { ...usualPorts, ...options.ports };
  const { settings, stackName, written } = localSettings(options.settings);
  const { secretPrefix } = settings;
  const hold = dataDir === undefined ? undefined : kept(await holdFolder(dataDir));
  const inFolder = (name: string) => dataDir && join(dataDir, name);
  const dynamodbFolder = inFolder('dynamodb');
  if (hold?.crashed && dynamodbFolder) await mendDynamoDb(dynamodbFolder, tableName);

  const gateway = kept(await startGateway({ port: ports.PORT, routes: routesOf(settings) }));
  const mailbox = kept(await startMailbox({ port: ports.MAIL_PORT }));
  const dynamodb = kept(await startDynamoDb({ port: ports.DYNAMODB_PORT, folder: dynamodbFolder }));
  const secrets = kept(await startSecretsManager({ port: ports.SECRETS_PORT, file: inFolder('secrets.json') }));
  const mongodb = kept(
    mongodbUri
      ? await useMongoDb(mongodbUri)
      : await startMongoDb({ port: ports.MONGODB_PORT, dataDir, binary: mongod }),
  );

  const address = ({ port }: { port: number }) => `http://localhost:${port}`;
  const environment: FunctionEnvironment = {
    tableName,
    stackName,
    settings: written,
    origin: address(gateway),
    dynamodb: address(dynamodb),
    secretsManager: address(secrets),
    ses: address(mailbox),
  };
  setEnvironment(environment);
  await prepare(secretPrefix, mongodb);
  const { host, adminUri, given } = mongodb;
  const own = given ? undefined : host;
  kept({ close: async () => options.onLeft?.(await loginsLeft(dynamoTable(tableName), own)) });
  if (options.handlers) gateway.serve(options.handlers);
  else {
    const functions = kept(await loadFunctions(environment));
    for (const [seconds, run, first] of jobsOf(functions, mongodb, options)) kept(every(seconds, run, first));
    gateway.serve(functions.handlers);
  }
  return {
    api: environment.origin,
    mailbox: environment.ses,
    dynamodb: environment.dynamodb,
    secretsManager: environment.secretsManager,
    host,
    adminUri,
    given,
    tableName,
    forAdmins: adminEnvironment({ tableName, stackName, secretPrefix, aws: localAws(environment) }),
  };
}

function jobsOf(
  { reap, remind, reconcile }: Functions,
  { given }: LocalMongoDb,
  { reapEvery = 60 }: ServiceOptions,
): Parameters<typeof every>[] {
  return [
    // A server that outlives this service may hold logins that fell due while it was off.
    [reapEvery, reap, 'at once'],
    [3600, remind],
    // Another stack with this name may use a given server: its users would look like orphans here.
    ...(given ? [] : [[day, reconcile] satisfies Parameters<typeof every>]),
  ];
}

/** Makes the table, and everything in it and in the secrets that a first start needs. */
export async function prepare(prefix: string, mongodb: Parameters<typeof seed>[0]['mongodb']): Promise<void> {
  const client = new DynamoDBClient({});
  const secrets = new SecretsManagerClient({});
  await ensureTable(client, tableName);
  await seed({ secrets, table: dynamoTable(tableName), prefix, mongodb }, new Date());
  client.destroy();
  secrets.destroy();
}
