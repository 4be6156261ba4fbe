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

/** A MongoDB server that mongogrant is to administer. */
export interface LocalMongoDb {
  /** Named as it is registered, such as `localhost:27020`, or `localhost` where the port is MongoDB's own. */
  host: string;
  /** Its admin login, in the shape of AWS's own MongoDB secrets. */
  secret: Record<string, string | number | boolean>;
  /** Whether the login was given by whoever starts the service, so that it goes before a stored one. */
  given: boolean;
  /** The address with the admin login. */
  adminUri: string;
  close(): Promise<void>;
}

const admin = { username: 'mongoadmin', password: 'mongoadminpass' };

export interface MongoDbOptions {
  port: number;
  dataDir?: string | undefined;
  /** A MongoDB server's binary, to be run in place of the embedded server. */
  binary?: string | undefined;
}

/** Starts the embedded MongoDB-compatible server, or a genuine one. */
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

/** Takes a server that runs elsewhere, if its admin login works. */
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

/** Written into the secret, as people are to get them; the driver has read the file already. */
async function authoritiesIn({ searchParams }: ConnectionString): Promise<{ ca?: string }> {
  const file = searchParams.get('tlsCAFile');
  if (file === null) return {};
  const read = readCertificates(await readFile(file, 'utf8'));
  if ('why' in read) throw new StartError(`MONGODB_URI: ${file} is no use: ${read.why}`);
  return { ca: read.pem };
}

/** Options that have a field of their own in the secret. */
const fitting = new Set(['tls', 'ssl', 'replicaset', 'authsource']);

/** The host and its secret from an address such as `mongodb://admin:pw@host:port/`. */
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
      // More than one address, and most options, do not fit into host and port.
      ...(!plain && { uri: bare.toString() }),
    },
  };
}

/** The parser's own words are left out: they might quote the password. */
function connectionString(uri: string): ConnectionString {
  try {
    return new ConnectionString(uri);
  } catch {
    throw new StartError('MONGODB_URI must be an address such as mongodb://admin:password@host:27017/');
  }
}
