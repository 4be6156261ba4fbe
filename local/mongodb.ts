import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningMongod, startMongod } from 'embedded-mongod';
import { MongoClient } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import { readCertificates } from '../shared/aws/certificates';
import { hostOf, isHost } from '../shared/contract/names';
import { portFault } from './loopback';
import { startOwnMongod } from './own-mongod';
import { StartError } from './start-error';

export interface LocalMongoDb {
  /** The name that is registered, such as `localhost:27020`, or `localhost` for MongoDB's own port. */
  host: string;
  /** Its admin login, in the shape of AWS's own MongoDB secrets. */
  secret: Record<string, string | number | boolean>;
  /** Whether the person who starts the service gave the login, so that it replaces a stored one. */
  given: boolean;
  /** The address with the admin login. */
  adminUri: string;
  close(): Promise<void>;
}

const admin = { username: 'mongoadmin', password: 'mongoadminpass' };

export interface MongoDbOptions {
  port: number;
  dataDir?: string | undefined;
  /** The binary of a MongoDB server to run instead of the embedded one. */
  binary?: string | undefined;
}

/** Starts the embedded MongoDB server, or a genuine one. */
export async function startMongoDb({ binary, ...options }: MongoDbOptions): Promise<LocalMongoDb> {
  const mongod = await (binary === undefined ? startEmbedded(options) : startOwnMongod({ binary, ...options, admin }));
  const adminUri = `mongodb://${admin.username}:${admin.password}@localhost:${mongod.port}/?authSource=admin`;
  return { ...parseUri(adminUri), given: false, adminUri, close: mongod.close };
}

function startEmbedded({ port, dataDir }: Omit<MongoDbOptions, 'binary'>): Promise<RunningMongod> {
  const folder = dataDir && { dataDir: join(dataDir, 'mongodb') };
  return startMongod({ port, host: '127.0.0.1', admin, ...folder }).catch((error: unknown) => {
    throw portFault(error, port, 'MONGODB_PORT');
  });
}

/** Uses a server that runs elsewhere, if its admin login works. */
export async function useMongoDb(uri: string): Promise<LocalMongoDb> {
  const parts = parseUri(uri);
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
  try {
    await client.db('admin').command({ ping: 1 });
  } catch (error) {
    throw new StartError(`MONGODB_URI: ${parts.host} can't be used: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.close();
  }
  const secret = { ...parts.secret, ...(await authoritiesIn(connectionString(uri))) };
  return { ...parts, secret, given: true, adminUri: uri, close: async () => undefined };
}

/** The secret holds the certificates themselves, as people get them. The driver has already read the file. */
async function authoritiesIn({ searchParams }: ConnectionString): Promise<{ ca?: string }> {
  const file = searchParams.get('tlsCAFile');
  if (file === null) return {};
  const read = readCertificates(await readFile(file, 'utf8'));
  if ('why' in read) throw new StartError(`MONGODB_URI: ${file} is no use: ${read.why}`);
  return { ca: read.pem };
}

/** Options with their own field in the secret. */
const fitting = new Set(['tls', 'ssl', 'replicaset', 'authsource']);

/** Reads the host and its secret from an address such as `mongodb://admin:pw@host:port/`. */
export function parseUri(uri: string): Pick<LocalMongoDb, 'host' | 'secret'> {
  const address = connectionString(uri);
  const first = (address.hosts[0] ?? '').toLowerCase();
  const [name = '', port = '27017'] = first.split(':');
  const host = hostOf(first);
  if (!isHost(host))
    throw new StartError('MONGODB_URI must name its server as in mongodb://admin:password@host:27017/');
  const { username, password, searchParams } = address;
  if (username === '' || password === '')
    throw new StartError('MONGODB_URI must hold an admin login, as in mongodb://admin:password@host:27017/');
  const authSource = searchParams.get('authSource') ?? (address.pathname.slice(1) || 'admin');
  const replicaSet = searchParams.get('replicaSet');
  const ssl = (searchParams.get('tls') ?? searchParams.get('ssl')) === 'true';
  const bare = address.clone();
  bare.username = '';
  bare.password = '';
  bare.pathname = '/';
  bare.searchParams.delete('tlsCAFile');
  const options = [...bare.searchParams.keys()].map((option) => option.toLowerCase());
  const plain = !address.isSRV && address.hosts.length === 1 && options.every((option) => fitting.has(option));
  return {
    host,
    secret: {
      engine: 'mongo',
      host: name,
      port: Number(port),
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      authSource,
      ...(ssl && { ssl }),
      ...(replicaSet && { replicaSet }),
      // Several addresses, and most options, don't fit into host and port.
      ...(!plain && { uri: bare.toString() }),
    },
  };
}

/** Leaves out the parser's message, which might quote the password. */
function connectionString(uri: string): ConnectionString {
  try {
    return new ConnectionString(uri);
  } catch {
    throw new StartError('MONGODB_URI must be an address such as mongodb://admin:password@host:27017/');
  }
}
