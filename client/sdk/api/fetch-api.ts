import { version } from '../../package.json';
import { defined } from '../defined';
import { isMongograntError, MongograntError } from '../mongogrant-error';
import type { Api } from './ask-api';
import { checkEndpoint, trimmed } from './endpoint';
import { explainSilence } from './explain-silence';
import type { Reply } from './reply';
import { withoutSecrets } from './without-secrets';

/** Where the API is, and who asks. */
export interface Door {
  endpoint: string;
  /** None for what needs no token, such as asking for a link. */
  token?: string;
}

export interface FetchOptions {
  fetch: typeof fetch;
  /** Milliseconds that one request may take, its answer included. */
  timeout: number;
  allowHttp: boolean;
}

/** The API over HTTP. Follows no redirect, so that a token goes nowhere but to its own endpoint. */
export function fetchApi({ endpoint: named, token }: Door, { fetch, timeout, allowHttp }: FetchOptions): Api {
  const endpoint = trimmed(named);
  return async ({ method, path }, { query = {}, body }) => {
    checkEndpoint(endpoint, allowHttp);
    if (token !== undefined) checkToken(token);
    const search = new URLSearchParams(query).toString();
    try {
      const response = await fetch(`${endpoint}${path}${search && `?${search}`}`, {
        method,
        headers: {
          ...headersOf(token),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      return { ...(await replyOf(response)), endpoint, ...defined({ leadsTo: leadsTo(response, endpoint) }) };
    } catch (fault) {
      if (isMongograntError(fault)) throw fault;
      throw silenceOf(fault, endpoint, [token, path.startsWith('/links/') ? path : undefined, body]);
    }
  };
}

async function replyOf(response: Response): Promise<Reply> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const json = parsed(await response.text());
  return { status: response.status, json, ...(Number.isFinite(retryAfter) && { retryAfter }) };
}

/** Where a redirect leads, without what may be secret in its path. */
export function leadsTo({ headers }: Response, endpoint: string): string | undefined {
  const location = headers.get('location');
  const url = location !== null && URL.canParse(location, endpoint) ? new URL(location, endpoint) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}

function silenceOf(fault: unknown, endpoint: string, secrets: unknown[]): MongograntError {
  const cause = withoutSecrets(fault, secrets);
  const known = explainSilence(fault, { name: endpoint, host: new URL(endpoint).hostname });
  if (known) return new MongograntError('no_answer', known.detail, { reason: known.reason, cause });
  return new MongograntError(
    'no_answer',
    `${endpoint} does not answer. Check your connection and this address, then try again.`,
    { cause },
  );
}

/** What every request says: which program asks, and for whom. */
export const headersOf = (token: string | undefined): Record<string, string> => ({
  ...{ accept: 'application/json', 'user-agent': `mongogrant/${version}` },
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
});

/** `fetch` refuses a token with a line break or the like, and its error quotes the token. */
export function checkToken(token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new MongograntError(
      'token_invalid',
      'The token has characters that no token has. Copy it again as a whole, or log in anew.',
    );
}

/** Nothing for a text that is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
