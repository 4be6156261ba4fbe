import { X509Certificate } from 'node:crypto';

/** One block of a PEM text, of any kind. */
const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

/** The certificates in a PEM text, or why it is no list of authorities. The reason quotes nothing of the text. */
export type Certificates = { pem: string; certificates: X509Certificate[] } | { why: string };

/**
 * Reads PEM certificates, and leaves out the text around them that `openssl` prints. Line breaks may be missing, as from AWS's console.
 * Refuses a private key: people with a login get this text.
 */
export function readCertificates(text: string): Certificates {
  const blocks = [...text.matchAll(block)].map(([, kind = '', body = '']) => ({ kind, whole: wrapped(kind, body) }));
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) return { why: 'it holds a private key' };
  if (blocks.length === 0) return { why: 'it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)' };
  const certificates: X509Certificate[] = [];
  for (const [index, { whole, kind }] of blocks.entries()) {
    const certificate = kind === 'CERTIFICATE' ? parse(whole) : undefined;
    if (!certificate) return { why: `part ${index + 1} of it is no certificate that can be read` };
    certificates.push(certificate);
  }
  return { pem: `${blocks.map(({ whole }) => whole).join('\n')}\n`, certificates };
}

function wrapped(kind: string, body: string): string {
  const lines = body.replace(/\\r|\\n|\s/g, '').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`].join('\n');
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Warnings for an admin about certificates that can be read, one sentence each. */
export function certificateNotes(certificates: X509Certificate[], now: Date): string[] {
  return certificates.flatMap((certificate) => {
    const name = nameOf(certificate);
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    return [
      ...(to <= now ? [`The certificate ${name} in ca has expired (${day(to)}).`] : []),
      ...(from > now ? [`The certificate ${name} in ca is not valid before ${day(from)}.`] : []),
      ...(certificate.ca
        ? []
        : [
            `The certificate ${name} in ca is not that of an authority: it vouches for itself at most, and must be replaced with each new one of the server.`,
          ]),
    ];
  });
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

const nameOf = ({ subject }: X509Certificate): string => `"${(subject ?? '').replace(/\s*\n\s*/g, ', ')}"`;
