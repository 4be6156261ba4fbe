import type { MongoClient, MongoClientOptions } from 'mongodb';
import { type AdminLogin, createFirstUser, openClient } from '../../../local/genuine/first-user';
import { type MongodProcess, startMongodProcess } from '../../../local/genuine/mongod-process';
import type { Certificates } from './certificates';
import { findBinary } from './find-binary';

export interface GenuineOptions {
  /** A user `root` of these words, made through the localhost exception; `root` / `root-password` if left out. */
  admin?: AdminLogin;
  /** With `requireTLS` and these certificates. */
  tls?: Certificates;
  /** For `--setParameter`, such as `authenticationMechanisms: 'SCRAM-SHA-1'`. */
  parameters?: Record<string, string>;
  /** Takes `configureFailPoint` and the other commands that are made for tests. */
  testCommands?: boolean;
  flags?: readonly string[];
  binary?: string;
}

/** A genuine MongoDB server; on a set, a member of it. `close` ends it and removes its data. */
export interface Genuine extends MongodProcess {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly admin: AdminLogin;
  /** The address of this server alone, with the admin's login. */
  readonly uri: string;
  /** What a client needs to reach it, such as TLS. */
  readonly clientOptions: MongoClientOptions;
  /** A client, not yet connected, of this server alone; of the admin if no `auth` is given. It is the caller's to close. */
  client(options?: MongoClientOptions): MongoClient;
}

export const usualAdmin: AdminLogin = { username: 'root', password: 'root-password' };

/** A server of its own, with `--auth`, on a free port of 127.0.0.1. It ends with this process at the latest. */
export async function startGenuine(options: GenuineOptions = {}): Promise<Genuine> {
  const server = await startBare(options, ['--auth']);
  try {
    await createFirstUser(server.port, server.admin, server.clientOptions);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** The process without any user. */
export async function startBare(options: GenuineOptions, more: readonly string[]): Promise<Genuine> {
  const flags = [...more, ...flagsOf(options)];
  const running = await startMongodProcess({ binary: options.binary ?? findBinary(), flags });
  const admin = options.admin ?? usualAdmin;
  const address = `127.0.0.1:${running.port}`;
  const clientOptions: MongoClientOptions = options.tls ? { tls: true, tlsCAFile: options.tls.caFile } : {};
  const bare = `mongodb://${address}/?directConnection=true`;
  return {
    ...running,
    // A restart makes another process: what was spread would be the first one's.
    get pid() {
      return running.pid;
    },
    address,
    admin,
    clientOptions,
    uri: bare.replace('//', `//${admin.username}:${admin.password}@`),
    client: (more = {}) => openClient(bare, { ...clientOptions, auth: admin, ...more }),
  };
}

function flagsOf({ tls, parameters = {}, testCommands, flags = [] }: GenuineOptions): string[] {
  const named = { ...parameters, ...(testCommands && { enableTestCommands: '1' }) };
  const files = tls ? ['--tlsCertificateKeyFile', tls.serverFile, '--tlsCAFile', tls.caFile] : [];
  return [
    ...Object.entries(named).flatMap(([name, value]) => ['--setParameter', `${name}=${value}`]),
    ...(tls ? ['--tlsMode', 'requireTLS', '--tlsAllowConnectionsWithoutCertificates', ...files] : []),
    ...flags,
  ];
}
