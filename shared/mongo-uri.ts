import { ConnectionString } from 'mongodb-connection-string-url';
import type { HostSecret } from './secrets';

/** The address that a member pastes into a client, with the host's TLS and replica-set options. */
export function memberUri(
  secret: HostSecret,
  login: { username: string; password: string; db: string; usersDb: string },
): string {
  const uri = addressOf(secret);
  uri.username = login.username;
  uri.password = login.password;
  uri.pathname = `/${login.db}`;
  uri.searchParams.set('authSource', login.usersDb);
  return uri.toString();
}

/** The address under which mongogrant itself logs in. */
export function adminUri(secret: HostSecret): string {
  const uri = addressOf(secret);
  uri.username = encodeURIComponent(secret.username);
  uri.password = encodeURIComponent(secret.password);
  uri.searchParams.set('authSource', secret.authSource);
  return uri.toString();
}

function addressOf({ uri, host, port, ssl, replicaSet }: HostSecret): ConnectionString {
  const address = new ConnectionString(uri ?? `mongodb://${host}:${port}/`);
  if (ssl && !uri) address.searchParams.set('tls', 'true');
  if (replicaSet && !uri) address.searchParams.set('replicaSet', replicaSet);
  for (const own of ['authMechanism', 'authMechanismProperties']) address.searchParams.delete(own);
  return address;
}
