import { isIP } from 'node:net';

/** The server's own databases, on which nobody gets a grant. */
export const ownDatabases: readonly string[] = ['admin', 'local', 'config'];

const addressText = /^[a-z0-9!#$%&'+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'+/=?^_`{|}~-]+)*$/;
const domainText = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const hostText = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?(:[1-9][0-9]{0,4})?$/;

/** Whether this lower-case text is a domain name of at least two parts. */
export const isDomain = (text: string): boolean => text.length <= 253 && domainText.test(text);

/** Whether this lower-case text is one exact address. Local parts can't hold `*`, so no address is a pattern. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  return at > 0 && text.length <= 254 && local.length <= 64 && addressText.test(local) && isDomain(text.slice(at + 1));
}

/** Whether this is a host name as {@link hostOf} leaves it. */
export function isHost(text: string): boolean {
  const port = Number(text.split(':')[1] ?? '1');
  return hostText.test(text) && !text.includes('..') && port <= 65_535;
}

/** A host as it is stored: lower case, and without MongoDB's default port. A name with two ports stays invalid for {@link isHost}. */
export const hostOf = (text: string): string => text.toLowerCase().replace(/^([^:]*|\[[^\]]*\]):27017$/, '$1');

/** The registered form of a name that an admin types; none if it can't be a host. */
export function registeredName(text: string): string | undefined {
  const host = hostOf(text);
  return isHost(host) ? host : undefined;
}

/** A MongoDB database name: 1 to 63 of `[A-Za-z0-9_-]`. */
export const isDatabase = (text: string): boolean => /^[A-Za-z0-9_-]{1,63}$/.test(text);

/** A grant's label: empty, or up to 32 of `[A-Za-z0-9._-]`. */
export const isLabel = (text: string): boolean => /^[A-Za-z0-9._-]{0,32}$/.test(text);

/** An address or a range of addresses, as `clientSource` accepts it. */
export function isCidr(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  const widest = family === 4 ? 32 : 128;
  const written = bits === undefined || (/^(0|[1-9][0-9]{0,2})$/.test(bits) && Number(bits) <= widest);
  return family > 0 && more.length === 0 && written && !address.includes('%');
}

/** `dwinston@lbl.gov` with `readWrite` and no label becomes `dwinston_lbl.gov_readWrite`. */
export function usernameOf(grant: { email: string; role: string; label: string }, suffix?: string): string {
  const parts = [grant.email.replace('@', '_'), grant.role, grant.label, suffix].filter(Boolean);
  return parts.map((part) => part?.replace(/[^A-Za-z0-9.-]/g, '_')).join('_');
}

/** The part of a source address that identifies a caller: an IPv4 address, or the first 64 bits of an IPv6 one. */
export function callerOf(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const middle = tail === undefined ? [] : Array(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...middle, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
