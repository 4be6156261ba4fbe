/** Why no answer came, for programs. The client's error code is `no_answer` for all of them. */
export type Silence = keyof typeof sentences;

/** Who was asked: in words, such as `https://api.lab.org`, and the host's name alone. */
export interface Asked {
  name: string;
  host: string;
}

/** What is known of a fault: the system's word for it, the proxy on the way, and the names in a certificate. */
export interface Known extends Asked {
  code: string;
  proxy?: string | undefined;
  status?: string | undefined;
  names: string;
}

const trustIt =
  'If it is the authority of your lab, or of a proxy, save its certificate to a file and set NODE_EXTRA_CA_CERTS=/path/ca.pem before you start this program.';
const elseTell = 'If it is right, tell your admin.';
const through = ({ name, proxy }: Known) => (proxy ? `${name} (by way of the proxy ${proxy})` : name);

/** The words for each. They hold no secret. */
export const sentences = {
  name_unknown: ({ host, code }: Known) =>
    `The name ${host} can't be found (${code}). Check how it is written, and your connection, then try again.`,
  connection_refused: ({ name }: Known) =>
    `${name} refuses the connection: nothing listens there. Check the address and its port, or try again later.`,
  unreachable: ({ name, code }: Known) =>
    `This machine's network knows no way to ${name} (${code}). Check your connection, then try again.`,
  timed_out: (known: Known) =>
    `${through(known)} does not answer in time. Check your connection, then try again. If your network has a proxy, name it in HTTPS_PROXY.`,
  connection_lost: (known: Known) =>
    `${through(known)} ended the connection without an answer. Try again; if it goes on, check the address and its port.`,
  certificate_self_signed: (known: Known) =>
    `The certificate of ${through(known)} is not trusted: it is signed by itself. ${trustIt}`,
  certificate_unknown_authority: (known: Known) =>
    `The certificate of ${through(known)} is not trusted: this machine does not know the authority that signed it. ${trustIt}`,
  certificate_expired: (known: Known) =>
    `The certificate of ${through(known)} has expired. Check the clock of this machine. ${elseTell}`,
  certificate_not_yet_valid: (known: Known) =>
    `The certificate of ${through(known)} is not valid yet. Check the clock of this machine. ${elseTell}`,
  certificate_wrong_name: (known: Known) =>
    `The certificate of ${through(known)} is for another name${known.names ? ` (${known.names})` : ''}. Check the address. ${elseTell}`,
  certificate_refused: (known: Known) =>
    `The certificate of ${through(known)} is not accepted (${known.code}). Tell your admin.`,
  tls_missing: (known: Known) =>
    `${through(known)} does not answer in TLS: what listens at that port may want plain http. Check the address and its port.`,
  tls_failed: (known: Known) =>
    `${through(known)} and this program find no TLS that both accept (${known.code}). Tell your admin.`,
  http_missing: (known: Known) =>
    `${through(known)} does not answer in plain http: what listens at that port may want https. Check the address and its port.`,
  proxy_unreachable: ({ proxy, code, host }: Known) =>
    `The proxy ${proxy} can't be reached (${code}). Check HTTPS_PROXY and HTTP_PROXY; NO_PROXY=${host} goes around it.`,
  proxy_login: ({ proxy, status }: Known) =>
    `The proxy ${proxy} asks for a login, or does not accept the one it got (${status}). Put it into the variable: HTTPS_PROXY=http://USER:PASSWORD@${proxy}`,
  proxy_refused: ({ proxy, host, status }: Known) =>
    `The proxy ${proxy} does not connect to ${host} (${status}). Check the address, and ask who runs the proxy; NO_PROXY=${host} goes around it.`,
} as const satisfies Record<string, (known: Known) => string>;

/** What the system calls it, each with what it means. */
export const meanings: readonly (readonly [RegExp, Silence])[] = [
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, 'name_unknown'],
  [/^ECONNREFUSED$/, 'connection_refused'],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN|EADDRNOTAVAIL)$/, 'unreachable'],
  [/^(TimeoutError|ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timed_out'],
  [/^DEPTH_ZERO_SELF_SIGNED_CERT$/, 'certificate_self_signed'],
  [/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?)$/, 'certificate_unknown_authority'],
  [/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED|INVALID_CA)$/, 'certificate_unknown_authority'],
  [/^CERT_HAS_EXPIRED$/, 'certificate_expired'],
  [/^CERT_NOT_YET_VALID$/, 'certificate_not_yet_valid'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'certificate_wrong_name'],
  [
    /^(CERT_|CRL_|UNABLE_TO_(GET_CRL|DECRYPT|DECODE)|ERROR_IN_C|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)/,
    'certificate_refused',
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL)$/, 'tls_missing'],
  [/^(ERR_SSL_|EPROTO)/, 'tls_failed'],
  [/^HPE_/, 'http_missing'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, 'connection_lost'],
];
