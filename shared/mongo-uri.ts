import { ConnectionString } from 'mongodb-connection-string-url';
import type { HostSecret } from './secrets';

/** Options of a host's address that are anybody's business; others may hold a password of their own, or a path on our machine. */
const memberOptions = new Set(
  [
    'tls',
    'ssl',
    'tlsInsecure',
    'tlsAllowInvalidCertificates',
    'tlsAllowInvalidHostnames',
    'replicaSet',
    'directConnection',
  ]
    .concat(['loadBalanced', 'srvServiceName', 'srvMaxHosts', 'retryWrites', 'retryReads', 'w', 'readPreference'])
    .map((option) => option.toLowerCase()),
);

/** The address that a member pastes into a client, with the host's TLS and replica-set options. */
export function memberUri(
  secret: HostSecret,
  login: { username: string; password: string; db: string; usersDb: string },
): string {
  const uri = addressOf(secret);
  for (const option of [...uri.searchParams.keys()])
    if (!memberOptions.has(option.toLowerCase())) uri.searchParams.delete(option);
  uri.username = encodeURIComponent(login.username);
  uri.password = encodeURIComponent(login.password);
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

/** The address of one member of a host, with the host's TLS options and without a login. */
export function memberAddress(secret: HostSecret, member: string): string {
  const whole = addressOf(secret);
  const tls = whole.searchParams.get('tls') ?? whole.searchParams.get('ssl') ?? (whole.isSRV ? 'true' : undefined);
  const uri = new ConnectionString(`mongodb://${member}/`);
  for (const [option, value] of whole.searchParams)
    if (option.toLowerCase().startsWith('tls')) uri.searchParams.set(option, value);
  if (tls) uri.searchParams.set('tls', tls);
  uri.searchParams.set(whole.searchParams.get('loadBalanced') === 'true' ? 'loadBalanced' : 'directConnection', 'true');
  return uri.toString();
}

/** What tells the servers of one secret from those of another, whoever logs in there. */
export function serversOf(secret: HostSecret): string {
  const uri = addressOf(secret);
  uri.username = '';
  uri.password = '';
  return uri.toString();
}

/** What a host's address says without asking anybody: its servers (of an SRV address, its one name), and how they are reached. */
export function reachOf(secret: HostSecret): { addresses: string[]; tls: boolean; loadBalanced: boolean } {
  const { hosts, isSRV, searchParams } = addressOf(secret);
  const tls = searchParams.get('tls') ?? searchParams.get('ssl') ?? String(isSRV);
  return { addresses: hosts, tls: tls === 'true', loadBalanced: searchParams.get('loadBalanced') === 'true' };
}

function addressOf({ uri, host, port, ssl, replicaSet }: HostSecret): ConnectionString {
  const address = new ConnectionString(uri ?? `mongodb://${host}:${port}/`);
  if (ssl && !uri) address.searchParams.set('tls', 'true');
  if (replicaSet && !uri) address.searchParams.set('replicaSet', replicaSet);
  for (const own of ['authMechanism', 'authMechanismProperties']) address.searchParams.delete(own);
  return address;
}
