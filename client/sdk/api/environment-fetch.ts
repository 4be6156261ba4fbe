import type { Dispatcher } from 'undici';
import { ProxyFault } from './proxy-fault';
import { type Environment, proxyFor } from './proxy-for';

/**
 * The global `fetch`, by way of the proxy that the environment names for an address; a body is a text there. Without a proxy, no code for
 * one is loaded.
 */
export const environmentFetch =
  (env: Environment): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const proxy = URL.canParse(url) ? proxyFor(new URL(url), env) : undefined;
    return proxy ? fetchThrough(proxy, url, init) : globalThis.fetch(input, init);
  };

/** By the proxy's address, so that connections are used again. */
const dispatchers = new Map<string, Dispatcher>();

async function fetchThrough(proxy: URL, url: string, { body, headers, ...init }: RequestInit = {}): Promise<Response> {
  const { fetch, ProxyAgent } = await import('undici');
  const login = loginOf(proxy);
  const dispatcher =
    dispatchers.get(proxy.href) ?? new ProxyAgent({ uri: proxy.origin, ...(login && { token: login }) });
  dispatchers.set(proxy.href, dispatcher);
  try {
    const text = typeof body === 'string' ? { body } : {};
    return await fetch(url, { ...init, ...text, headers: Object.fromEntries(new Headers(headers)), dispatcher });
  } catch (cause) {
    throw new ProxyFault(proxy.host, { cause });
  }
}

/** What tells the proxy the login of its address; none if it has none. */
function loginOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
