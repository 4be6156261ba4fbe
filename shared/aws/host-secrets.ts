import * as v from 'valibot';
import { withoutMark } from '../contract/json-text';
import { isHost } from '../contract/names';
import { hostOfSecret, hostSecretName, retiredStage } from './host-secret';
import {
  type Absent,
  type RotationStart,
  type SecretReader,
  type SecretRotator,
  type SecretWriter,
  secretReader,
  secretRotator,
  secretWriter,
} from './secrets-manager';

/** A secret's stored fields and their version. `unreadable`: it holds no JSON object. */
export type StoredHost = { fields: Record<string, unknown>; version: string } | 'unreadable';

/** The admin logins of the registered hosts, for people with AWS rights. Nothing is kept in memory. */
export interface HostSecrets {
  /** The names of all hosts, sorted. A host that is only minutes old may be missing. */
  list(): Promise<string[]>;
  read(host: string): Promise<StoredHost | Absent>;
  create(host: string, fields: object): Promise<'created' | 'exists' | 'deleted'>;
  put(host: string, fields: object): Promise<'put' | Absent>;
  /** Notes in these fields that it is retired, only if this version is still the current one. */
  retire(host: string, fields: object, version: string): Promise<'changed' | 'changed meanwhile' | Absent>;
  restore(host: string): Promise<void>;
  /** Starts to change its password. The rotation goes on by itself. */
  rotate(host: string): Promise<RotationStart>;
  /** Deletes it. It can be restored for {@link recoverableDays}. */
  delete(host: string): Promise<void>;
}

/** The minimum of Secrets Manager, unless a secret is deleted at once. */
export const recoverableDays = 7;

const anObject = v.pipe(v.string(), v.transform(withoutMark), v.parseJson(), v.record(v.string(), v.unknown()));

/** The hosts below a prefix. `kmsKey` encrypts new secrets. */
export function hostSecrets(
  prefix: string,
  kmsKey?: string,
  { get, list, create, put, change, restore, rotate, delete: remove }: SecretReader & SecretWriter & SecretRotator = {
    ...secretReader(),
    ...secretWriter(),
    ...secretRotator(),
  },
): HostSecrets {
  const id = (host: string) => `${prefix}/${hostSecretName(host)}`;
  return {
    async list() {
      const names = await list(`${prefix}/hosts/`);
      return names
        .map((name) => hostOfSecret(name.slice(prefix.length + 1)))
        .filter(isHost)
        .sort();
    },
    async read(host) {
      const value = await get(id(host));
      if (typeof value === 'string') return value;
      const fields = v.safeParse(anObject, value.text);
      return fields.success && value.version ? { fields: fields.output, version: value.version } : 'unreadable';
    },
    create: (host, fields) => create(id(host), JSON.stringify(fields), kmsKey),
    put: (host, fields) => put(id(host), JSON.stringify(fields)),
    retire: (host, fields, version) => change(id(host), JSON.stringify(fields), version, retiredStage),
    restore: (host) => restore(id(host)),
    rotate: (host) => rotate(id(host)),
    delete: (host) => remove(id(host), recoverableDays),
  };
}
