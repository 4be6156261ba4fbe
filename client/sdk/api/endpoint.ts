import { MongograntError } from '../mongogrant-error';

/** An address of the API without the slash at its end. */
export const trimmed = (endpoint: string): string => endpoint.replace(/\/+$/, '');

export const sameEndpoint = (a: string, b: string): boolean => trimmed(a) === trimmed(b);

/**
 * Refuses what is no address of an API, and any address that would send tokens in the clear. Plain http is for this machine only, unless
 * `allowHttp` says that the connection is safe by other means.
 */
export function checkEndpoint(endpoint: string, allowHttp: boolean): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash || url.username || url.password)
    throw new MongograntError(
      'endpoint_invalid',
      'The address of the API must be like https://api.lab.org, without a query and without a login in it.',
    );
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname))
    throw new MongograntError(
      'endpoint_insecure',
      `http://${url.host} would send your token in the clear. Use https, or set the option allowHttp if nobody can listen on the way.`,
    );
}

export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name);
