import * as v from 'valibot';
import type { HostSecret } from '../../../shared/aws/secrets';
import { isDocumentDb } from '../../../shared/mongo/document-db';
import type { LoginFault } from '../../../shared/mongo/mongo-faults';
import type { Host } from '../../../shared/mongo/mongo-servers';
import { type Reach, reachOf } from '../../../shared/mongo/mongo-uri';

/** What the driver knew of a host's servers when it gave up. */
interface Server {
  address: string;
  type: string;
  code: string;
  message: string;
}

/** The name is empty for servers that belong to no set. */
interface ReplicaSet {
  name: string;
  servers: Server[];
}

const untrusted = new Set([
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const notFound = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);

const selection = v.object({
  reason: v.object({
    setName: v.nullish(v.string()),
    servers: v.map(v.string(), v.object({ type: v.string(), error: v.nullish(v.unknown()) })),
  }),
});
const lookup = v.object({ syscall: v.picklist(['querySrv', 'queryTxt']), hostname: v.string() });
const caused = v.object({
  code: v.optional(v.unknown()),
  message: v.optional(v.string()),
  cause: v.optional(v.unknown()),
});

/** Why a host does not answer, and what to do about it, in a sentence or two; `fault` is what its command threw, `code` why. */
export function explainSilence({ name: host, secret }: Host, fault: unknown, code: LoginFault['code']): string {
  const reach = reachOf(secret);
  const { cause } = v.parse(caused, fault);
  const record = firstOf(cause, lookup);
  if (record)
    return `${host} is not found: DNS has no record ${record.hostname} (${code ?? record.syscall}), which its mongodb+srv address stands for.`;
  const found = v.safeParse(selection, cause);
  const servers = found.success ? [...found.output.reason.servers].map(serverOf) : [];
  const set = { name: found.success ? (found.output.reason.setName ?? '') : '', servers };
  return (
    aboutCertificates(host, secret, servers) ??
    aboutNames(host, reach, set) ??
    aboutPrimary(host, set) ??
    aboutTls(host, reach, servers) ??
    `${host} does not answer${code ? ` (${code})` : ''}. ${fromHere}`
  );
}

const fromHere = 'That is how it looks from here; the functions may stand elsewhere in the network.';

function aboutCertificates(host: string, { ca }: HostSecret, servers: Server[]): string | undefined {
  const server = servers.find(({ code }) => code.startsWith('CERT_') || code === altName || untrusted.has(code));
  if (!server) return undefined;
  const { address, code } = server;
  const answers = `${host} answers (${address}), but its certificate`;
  if (code === altName)
    return `${answers} is for ${namesIn(server.message)} (${code}): in its secret, name it as it is named in its certificate.`;
  if (code === 'CERT_HAS_EXPIRED') return `${answers} has expired (${code}). It needs a new one.`;
  if (!untrusted.has(code)) return `${answers} is not accepted (${code}).`;
  const signed = ca === undefined ? 'no authority that is known here' : 'no authority in its ca';
  const file = isDocumentDb(address) ? 'rds' : 'FILE';
  return `${answers} is not trusted (${code}): ${signed} signed it. Register it again, with those that did: mgrant hosts add ${host} --replace --ca ${file} (docs/hosts.md, "A certificate of your own").`;
}

const altName = 'ERR_TLS_CERT_ALTNAME_INVALID';
const namesIn = (message: string): string => / the cert's altnames: (.+)$/.exec(message)?.[1] ?? 'other names';

/** Whatever name clients begin with, they go on to the names by which members of a set call themselves. */
function aboutNames(host: string, { addresses }: Reach, { name: setName, servers }: ReplicaSet): string | undefined {
  const began = new Set(addresses.map((address) => withPort(address).toLowerCase()));
  const silent = servers.filter(({ type }) => type === 'Unknown');
  const others = silent.filter(({ address }) => !began.has(address.toLowerCase()));
  const [unknown] = silent.filter(({ code }) => notFound.has(code));
  if (setName !== '' && others.length > 0 && silent.length === servers.length) {
    const names = others.map(({ address, code }) => `${address} (${code || 'no answer'})`).join(', ');
    const [first = host] = addresses;
    return `${host} answers, but the members of its replica set ${setName} call themselves by names that lead nowhere from here: ${names}. Clients go on to those names. Let them be found where the functions run and where people are, or, for a set of one, give the secret a uri that stays at this member: mongodb://${withPort(first)}/?directConnection=true`;
  }
  return (
    unknown &&
    `${host} is not found: no address is known for the name ${unknown.address} (${unknown.code}). ${fromHere}`
  );
}

function aboutPrimary(host: string, { name: setName, servers }: ReplicaSet): string | undefined {
  const answering = servers.filter(({ type }) => type !== 'Unknown');
  if (setName === '' || answering.length === 0) return undefined;
  const silent = servers.filter(({ type }) => type === 'Unknown').map(({ address }) => address);
  return `${answering.length} of ${servers.length} members of ${host} (replica set ${setName}) answer, and none of them is the primary: nothing can be written now.${silent.length > 0 ? ` No answer from ${silent.join(', ')}.` : ''} rs.status() in mongosh, at one that answers, says why.`;
}

function aboutTls(host: string, { tls }: Reach, servers: Server[]): string | undefined {
  const [server] = servers;
  if (!tls && server?.code === '' && server.message.endsWith('closed'))
    return `${host} hangs up on whoever does not begin with TLS, or before anything is said. If it takes TLS: mgrant hosts add ${host} --replace --tls`;
  if (tls && server?.message.includes('before secure TLS connection'))
    return `${host} answers (${server.address}), but not with TLS. If it has none, its secret must not say ssl, tls or ca.`;
  return undefined;
}

function serverOf([address, { type, error }]: [string, { type: string; error?: unknown }]): Server {
  const { success, output } = v.safeParse(caused, error);
  return { address, type, code: codeOf(error), message: success ? (output.message ?? '') : '' };
}

function codeOf(error: unknown): string {
  const { success, output } = v.safeParse(caused, error);
  if (!success) return '';
  return typeof output.code === 'string' ? output.code : codeOf(output.cause);
}

function firstOf<S extends v.GenericSchema>(error: unknown, schema: S): v.InferOutput<S> | undefined {
  const found = v.safeParse(schema, error);
  if (found.success) return found.output;
  const { success, output } = v.safeParse(caused, error);
  return success && output.cause !== undefined ? firstOf(output.cause, schema) : undefined;
}

const withPort = (address: string): string => (/:\d+$/.test(address) ? address : `${address}:27017`);
