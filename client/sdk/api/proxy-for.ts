import { BlockList, isIP } from 'node:net';
import { MongograntError } from '../mongogrant-error';
import { isLoopback } from './endpoint';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address: `HTTP_PROXY` or `HTTPS_PROXY`, unless `NO_PROXY` exempts the host. This machine
 * itself is never asked through a proxy: it would be another machine's localhost.
 *
 * @throws MongograntError `proxy_invalid`
 */
export function proxyFor({ protocol, hostname, port }: URL, env: Environment): URL | undefined {
  const variable = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const named = readVariable(env, variable);
  if (named === undefined || isLoopback(hostname)) return undefined;
  const place = { host: bare(hostname), port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  const exempt = (readVariable(env, 'no_proxy') ?? '')
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && covers(entry, place));
  return exempt ? undefined : parseProxy(named, variable.toUpperCase());
}

/** Whether any address may have to go through a proxy. */
export const namesProxy = (env: Environment): boolean =>
  ['http_proxy', 'https_proxy'].some((name) => readVariable(env, name) !== undefined);

/** In small letters first, as curl reads it. */
const readVariable = (env: Environment, name: string): string | undefined =>
  env[name]?.trim() || env[name.toUpperCase()]?.trim() || undefined;

function parseProxy(text: string, variable: string): URL {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.hostname && ['http:', 'https:'].includes(url.protocol)) return url;
  // The value may hold a login.
  throw new MongograntError(
    'proxy_invalid',
    `The variable ${variable} must be the address of an HTTP proxy, such as http://proxy.lab.org:3128. Other kinds of proxies can't be used.`,
  );
}

/** Whether an entry of `NO_PROXY` covers a host: its name, those below it, or a range of addresses; with a port, only there. `*` covers all. */
function covers(entry: string, { host, port }: { host: string; port: number }): boolean {
  if (entry === '*') return true;
  const [, named = entry, only] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && Number(only) !== port) return false;
  if (named.includes('/')) return isWithin(host, named);
  const name = bare(named.replace(/^\*?\./, ''));
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

const bare = (name: string): string => name.toLowerCase().replace(/^\[|\]$|\.$/g, '');

function isWithin(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(bare(network));
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  list.addSubnet(bare(network), Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
