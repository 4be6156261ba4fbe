import { ConnectionString } from 'mongodb-connection-string-url';
import { onceForEach } from '../async/once-for-each';
import type { HostSecret } from '../aws/secrets';
import { isDocumentDb } from './document-db';

/** The options of a host's address that people may see. Others may hold a password, or a path on our machine. */
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

/** The address that a member pastes into a client, with the host's TLS and replica-set options, or based on its `publicUri`. */
export function memberUri(
  secret: HostSecret,
  { username, password, db, usersDb }: { username: string; password: string; db: string; usersDb: string },
): string {
  const { scheme, hosts, options } = peoplesParts(secret);
  const login = [username, password].map(encodeURIComponent).join(':');
  return `${scheme}//${login}@${hosts}/${encodeURIComponent(db)}?${options}authSource=${encodeURIComponent(usersDb)}`;
}

const peoplesParts = onceForEach((secret: HostSecret) => {
  const { protocol: scheme, hosts, searchParams } = peoplesAddressOf(secret);
  for (const option of [...searchParams.keys()])
    if (!memberOptions.has(option.toLowerCase())) searchParams.delete(option);
  const options = searchParams.toString();
  return { scheme, hosts: hosts.join(','), options: options && `${options}&` };
});

/** The address with which mongogrant itself logs in. */
export function adminUri(secret: HostSecret): string {
  const uri = addressOf(secret);
  uri.username = encodeURIComponent(secret.username);
  uri.password = encodeURIComponent(secret.password);
  uri.searchParams.set('authSource', secret.authSource);
  return uri.toString();
}

/** The address of one member of a host, with the host's TLS options and no login. */
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

/**
 * Identifies the servers of a secret, whatever its login. Parsing an address takes longer than asking its server, and each proof needs the
 * servers.
 */
export const serversOf = onceForEach((secret: HostSecret): string => {
  const uri = addressOf(secret);
  uri.username = '';
  uri.password = '';
  return uri.toString();
});

export interface Reach {
  addresses: readonly string[];
  tls: boolean;
  loadBalanced: boolean;
}

/** What a host's address says by itself: its servers (or the name in an SRV address), and whether they use TLS. */
export const reachOf = onceForEach((secret: HostSecret): Reach => reach(addressOf(secret)));

/** The same for the address that people get. */
export const memberReach = onceForEach((secret: HostSecret): Reach => reach(peoplesAddressOf(secret)));

function reach(address: ConnectionString): Reach {
  const loadBalanced = address.searchParams.get('loadBalanced') === 'true';
  return { addresses: address.hosts, tls: usesTls(address), loadBalanced };
}

/** The fields of a secret with a bad address: one that can't be parsed, or one without TLS although there is a `ca`. */
export const badAddresses = onceForEach((secret: HostSecret): readonly string[] => {
  const [address, field] = secret.uri === undefined ? (['host', 'ssl'] as const) : (['uri', 'uri'] as const);
  const own = readable(() => addressOf(secret));
  if (!own) return [address];
  if (secret.ca !== undefined && !usesTls(own)) return [field];
  return readable(() => peoplesAddressOf(secret)) ? [] : ['publicUri'];
});

/** Whether an address holds a username or a password, even if the rest can't be parsed. */
export const holdsLogin = (uri: string): boolean => /^[a-z+]*:\/\/[^/?]*@/i.test(uri);

/** None if the address can't be parsed. The parser's message would quote it. */
function readable(read: () => ConnectionString): ConnectionString | undefined {
  try {
    const address = read();
    // The parser leaves these checks to the driver.
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
  // An address with authorities means TLS, and DocumentDB uses it unless somebody switched it off.
  const tls = (uri === undefined ? ssl : undefined) ?? (ca !== undefined || ofAws);
  if (tls && !address.isSRV && tlsIn(address) === undefined) address.searchParams.set('tls', 'true');
  if (replicaSet && !uri) address.searchParams.set('replicaSet', replicaSet);
  if (ofAws) refuseRetries(address);
  for (const own of ['authMechanism', 'authMechanismProperties']) address.searchParams.delete(own);
  return address;
}

/** The public address is another name of the same server, so it uses TLS if functions do. Members of a set may have no such names. */
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

/** DocumentDB has no retryable writes, and drivers use them unless told not to. */
function refuseRetries({ searchParams }: ConnectionString): void {
  if (searchParams.get('retryWrites') === null) searchParams.set('retryWrites', 'false');
}
