import * as v from 'valibot';
import { isDocumentDb } from '../../../shared/mongo/document-db';

/** `embedded`: mongogrant's own server for tests and trials; `unknown`: a server that says too little of itself. */
export type Flavour = 'MongoDB' | 'DocumentDB' | 'Atlas' | 'embedded' | 'unknown';

export type Topology =
  | { kind: 'standalone' | 'sharded' | 'load_balanced' }
  | { kind: 'replica_set'; name: string }
  | { kind: 'unknown' };

/** What a server says of itself; `undefined` for what it would not answer. */
export type Sayings = Record<'hello' | 'buildInfo' | 'atlasVersion', unknown>;

const helloReply = v.object({
  msg: v.optional(v.string()),
  setName: v.optional(v.string()),
  serviceId: v.optional(v.unknown()),
  me: v.optional(v.string()),
  hosts: v.optional(v.array(v.string()), []),
});
const buildInfoReply = v.object({
  version: v.optional(v.string()),
  gitVersion: v.optional(v.string()),
  storageEngines: v.optional(v.array(v.string()), []),
});
const atlasVersionReply = v.object({ atlasVersion: v.string() });

// The names under which Atlas puts its servers; the port is off.
const atlasName = /\.mongodb(-dev|-qa|-stage|gov)?\.net$/i;
const commit = /^[0-9a-f]{40}$/i;

export const versionOf = ({ buildInfo }: Sayings): string | undefined => read(buildInfoReply, buildInfo)?.version;

/** Judges by what the server says and by its names, those included by which members of a replica set call themselves. */
export function flavourOf(addresses: readonly string[], { hello, buildInfo, atlasVersion }: Sayings): Flavour {
  const said = read(helloReply, hello);
  const names = [...addresses, ...(said?.hosts ?? []), said?.me ?? ''].map((name) => name.replace(/:\d+$/, ''));
  const build = read(buildInfoReply, buildInfo);
  // No other server has a storage engine of this name.
  if (build?.storageEngines.includes('embedded')) return 'embedded';
  if (read(atlasVersionReply, atlasVersion) || names.some((name) => atlasName.test(name))) return 'Atlas';
  if (names.some(isDocumentDb)) return 'DocumentDB';
  const isImitation = typeof buildInfo === 'object' && buildInfo !== null && 'ferretdb' in buildInfo;
  return commit.test(build?.gitVersion ?? '') && !isImitation ? 'MongoDB' : 'unknown';
}

export function topologyOf(loadBalanced: boolean, { hello }: Sayings): Topology {
  const said = read(helloReply, hello);
  if (!said) return { kind: 'unknown' };
  if (loadBalanced || said.serviceId !== undefined) return { kind: 'load_balanced' };
  if (said.msg === 'isdbgrid') return { kind: 'sharded' };
  return said.setName === undefined ? { kind: 'standalone' } : { kind: 'replica_set', name: said.setName };
}

function read<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
