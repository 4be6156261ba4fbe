import { isMongograntError, MongograntError } from '../mongogrant-error';
import { chainOf, type Fault } from './faults';
import { type Asked, meanings, type Silence, sentences } from './silences';

/** Whether a request that got no reply may get one soon. */
export const mayPass = (fault: unknown): boolean =>
  !(isMongograntError(fault) && /^(certificate|tls|http)_|^proxy_(login|refused)$/.test(fault.reason ?? ''));

/** Whether a request that got no reply may have been carried out. Without a connection to the service it was not. */
export const mayHaveArrived = (fault: unknown): boolean =>
  !isMongograntError(fault) ||
  (fault.code === 'no_answer' && [undefined, 'timed_out', 'connection_lost'].includes(fault.reason));

/** Why no reply came. */
export const noReply = (fault?: unknown): MongograntError =>
  isMongograntError(fault)
    ? fault
    : new MongograntError(
        'no_answer',
        'The API does not answer. Check your connection and the address of the API, then try again.',
        { cause: fault },
      );

/** Why a request got no answer, in words that hold no secret. None if nobody knows. */
export function explainSilence(fault: unknown, asked: Asked): { reason: Silence; detail: string } | undefined {
  const chain = chainOf(fault).flatMap((one) => [one, ...one.parts]);
  const proxy = chain.find(({ proxy }) => proxy !== undefined)?.proxy;
  for (const one of chain) {
    const [, status] = /^Proxy response \((\d{3})\)/.exec(one.message) ?? [];
    const code = status === undefined ? codeOf(one) : '';
    const why = status ? refusalOf(status) : meaningOf(code, proxy);
    if (why === undefined) continue;
    const known = { ...asked, code: code === 'TimeoutError' ? 'no answer in time' : code, proxy, status };
    return { reason: why, detail: sentences[why]({ ...known, names: one.names.slice(0, 3).join(', ') }) };
  }
  return undefined;
}

/** Connecting to the host is the proxy's matter, if there is one: ours is to connect to the proxy. */
function meaningOf(code: string, proxy: string | undefined): Silence | undefined {
  const why = meanings.find(([pattern]) => pattern.test(code))?.[1];
  const isAboutProxy = why === 'name_unknown' || why === 'connection_refused' || why === 'unreachable';
  return proxy !== undefined && (isAboutProxy || code === 'UND_ERR_CONNECT_TIMEOUT') ? 'proxy_unreachable' : why;
}

const refusalOf = (status: string): Silence => (status === '407' ? 'proxy_login' : 'proxy_refused');

function codeOf({ name, message, code = '' }: Fault): string {
  // Some versions of Node have one code for all that OpenSSL says.
  if (code === 'EPROTO' && /wrong version number|packet length too long/.test(message))
    return 'ERR_SSL_WRONG_VERSION_NUMBER';
  return code === '' && name === 'TimeoutError' ? name : code;
}
