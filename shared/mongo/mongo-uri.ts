import { ConnectionString } from 'mongodb-connection-string-url';
import type { HostSecret } from '../aws/secrets';
import { isDocumentDb } from './document-db';

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

/** The address that a member pastes into a client, with the host's TLS and replica-set options; its `publicUri`, where it has one. */
export function memberUri(
  secret: HostSecret,
  login: { username: string; password: string; db: string; usersDb: string },
): string {
  const uri = peoplesAddressOf(secret);
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
  const tls = tlsIn(whole) ?? (whole.isSRV ? 'true' : undefined);
  const uri = new ConnectionString(`mongodb://${member}/`);
  for (const [option, value] of whole.searchParams)
    if (option.toLowerCase().startsWith('tls')) uri.searchParams.set(option, value);
  if (tls) uri.searchParams.set('tls', tls);
  uri.searchParams.set(whole.searchParams.get('loadBalanced') === 'true' ? 'loadBalanced' : 'directConnection', 'true');
  return uri.toString();
}

/** Reading an address takes longer than asking its server, and each proof asks for the servers. */
const servers = new WeakMap<HostSecret, string>();

/** What tells the servers of one secret from those of another, whoever logs in there. */
export function serversOf(secret: HostSecret): string {
  const known = servers.get(secret);
  if (known !== undefined) return known;
  const uri = addressOf(secret);
  uri.username = '';
  uri.password = '';
  servers.set(secret, uri.toString());
  return uri.toString();
}

/** Where a host is, and how it is reached. */
export interface Reach {
  addresses: string[];
  tls: boolean;
  loadBalanced: boolean;
}

/** What a host's address says without asking anybody: its servers (of an SRV address, its one name), and how they are reached. */
export function reachOf(secret: HostSecret): Reach {
  return reach(addressOf(secret));
}

/** The same for the address that people are given. */
export const memberReach = (secret: HostSecret): Reach => reach(peoplesAddressOf(secret));

function reach(address: ConnectionString): Reach {
  const loadBalanced = address.searchParams.get('loadBalanced') === 'true';
  return { addresses: address.hosts, tls: usesTls(address), loadBalanced };
}

/** The fields of a secret that name an address which can't be used: one that can't be read, or one without TLS where there is a `ca`. */
export function badAddresses(secret: HostSecret): string[] {
  const [address, field] = secret.uri === undefined ? (['host', 'ssl'] as const) : (['uri', 'uri'] as const);
  const own = readable(() => addressOf(secret));
  if (!own) return [address];
  if (secret.ca !== undefined && !usesTls(own)) return [field];
  return readable(() => peoplesAddressOf(secret)) ? [] : ['publicUri'];
}

/** Whether a username or a password stands in an address; also in one that can't be read further. */
export const holdsLogin = (uri: string): boolean => /^[a-z+]*:\/\/[^/?]*@/i.test(uri);

/** None for an address that can't be read; the words of its parser would quote it. */
function readable(read: () => ConnectionString): ConnectionString | undefined {
  try {
    const address = read();
    // The parser leaves these to the driver.
    return address.hosts.every(hasGoodPort) ? address : undefined;
  } catch {
    return undefined;
  }
}

function hasGoodPort(server: string): boolean {
  const [, port] = /^(?:\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(server) ?? ['', '0'];
  return port === undefined || (Number(port) > 0 && Number(port) <= 65_535);
}

function addressOf(secret: HostSecret): ConnectionString {
  const { uri, host, port, ssl, replicaSet, ca } = secret;
  const address = new ConnectionString(uri ?? `mongodb://${isBareV6(host) ? `[${host}]` : host}:${port}/`);
  const ofAws = address.hosts.some(isDocumentDb);
  // Whoever names the authorities means TLS, and DocumentDB has it unless somebody switched it off.
  const tls = (uri === undefined ? ssl : undefined) ?? (ca !== undefined || ofAws);
  if (tls && !address.isSRV && tlsIn(address) === undefined) address.searchParams.set('tls', 'true');
  if (replicaSet && !uri) address.searchParams.set('replicaSet', replicaSet);
  if (ofAws) refuseRetries(address);
  for (const own of ['authMechanism', 'authMechanismProperties']) address.searchParams.delete(own);
  return address;
}

/** The same server by another name, so with TLS if the functions use it; but members of a set may have no such names. */
function peoplesAddressOf(secret: HostSecret): ConnectionString {
  const own = addressOf(secret);
  if (secret.publicUri === undefined) return own;
  const address = new ConnectionString(secret.publicUri);
  if (usesTls(own) && !address.isSRV && tlsIn(address) === undefined) address.searchParams.set('tls', 'true');
  if ([...own.hosts, ...address.hosts].some(isDocumentDb)) refuseRetries(address);
  return address;
}

const isBareV6 = (host: string): boolean => host.split(':').length > 2 && !host.startsWith('[');

const tlsIn = ({ searchParams }: ConnectionString): string | undefined =>
  searchParams.get('tls') ?? searchParams.get('ssl') ?? undefined;
const usesTls = (address: ConnectionString): boolean => (tlsIn(address) ?? String(address.isSRV)) === 'true';

/** DocumentDB knows no retryable writes, which drivers use unless they are told not to. */
function refuseRetries({ searchParams }: ConnectionString): void {
  if (searchParams.get('retryWrites') === null) searchParams.set('retryWrites', 'false');
}
