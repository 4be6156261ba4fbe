import { hostOf } from '../../../shared/contract/names';
import { credentialUri, placeUri } from '../../sdk/mongo/credential-uri';
import type { Credential } from '../../sdk/settings/credentials';

/** A credential, and its address taken apart. */
export interface Login extends Credential {
  /** With username and password, and with the file of the host's own authorities. */
  uri: string;
  /** The same without username and password. */
  place: string;
  /** The address without the file, which is not there for what runs elsewhere. */
  uriElsewhere: string;
  authSource: string;
  /** One or more servers, each with its port unless it is the usual one. An SRV address has one name. */
  servers: string[];
  srv: boolean;
  /** The options of the address, without `authSource`. */
  options: Record<string, string>;
  /** Where the host's own authorities are written down; it is named in the address, too. */
  caFile?: string;
}

export function loginOf(credential: Credential, caFile?: string): Login {
  const place = placeUri(credential, caFile);
  const [, srv, servers = credential.host, query = ''] =
    /^mongodb(\+srv)?:\/\/([^/?]+)\/[^?]*\??(.*)$/.exec(place) ?? [];
  const { authSource = credential.db, ...options } = Object.fromEntries(new URLSearchParams(query));
  return {
    ...credential,
    ...{ uri: credentialUri(credential, caFile), place, uriElsewhere: credentialUri(credential), authSource, options },
    ...(caFile !== undefined && { caFile }),
    servers: servers.split(','),
    srv: srv !== undefined,
  };
}

/** The only server of a login. None if there are several, or if only DNS knows them. */
export function oneServer({ srv, servers }: Login): { host: string; port: number } | undefined {
  const [server, another] = servers;
  if (srv || server === undefined || another !== undefined) return undefined;
  const [, host = server, port] = /^(.*?)(?::(\d+))?$/.exec(server) ?? [];
  return { host, port: port === undefined ? 27017 : Number(port) };
}

/** Where the servers are, in one word. It differs from the host's name if people reach the host by another address. */
export const serversOf = ({ servers }: Login): string => servers.map(hostOf).join(',');

/** The options of the address as pymongo's keywords: booleans and numbers are not text there. */
export const pymongoOptions = ({ options }: Login): Record<string, string | boolean | number> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, names.has(name) ? value : keywordOf(value)]),
  );

/** Options that hold names, which may look like numbers. */
const names = new Set(['replicaSet', 'appName', 'tlsCAFile']);

function keywordOf(text: string): string | boolean | number {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+$/.test(text) ? Number(text) : text;
}
