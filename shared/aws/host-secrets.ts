import * as v from 'valibot';
import { withoutMark } from '../contract/json-text';
import { isHost } from '../contract/names';
import { hostOfSecret, hostSecretName } from './host-secret';
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

/** A secret's fields as they are stored, and the version that they are. `unreadable`: it is no object in JSON. */
export type StoredHost = { fields: Record<string, unknown>; version: string } | 'unreadable';

/** The admin logins of the registered hosts, as somebody with AWS rights changes them. Nothing is kept in memory. */
export interface HostSecrets {
  /** The names of all hosts, in order. One that was made in the last minutes may be missing. */
  list(): Promise<string[]>;
  read(host: string): Promise<StoredHost | Absent>;
  create(host: string, fields: object): Promise<'created' | 'exists' | 'deleted'>;
  put(host: string, fields: object): Promise<'put' | Absent>;
  /** Only if nobody changed it since this version was read. */
  change(host: string, fields: object, version: string): Promise<'changed' | 'changed meanwhile' | Absent>;
  restore(host: string): Promise<void>;
  /** Begins to change its password, which goes on by itself. */
  rotate(host: string): Promise<RotationStart>;
  /** It may be restored for {@link recoverableDays}. */
  delete(host: string): Promise<void>;
}

/** The fewest days that Secrets Manager allows, short of none. */
export const recoverableDays = 7;

const anObject = v.pipe(v.string(), v.transform(withoutMark), v.parseJson(), v.record(v.string(), v.unknown()));

/** The hosts under a prefix. `kmsKey`: of the secrets that are made. */
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
    change: (host, fields, version) => change(id(host), JSON.stringify(fields), version),
    restore: (host) => restore(id(host)),
    rotate: (host) => rotate(id(host)),
    delete: (host) => remove(id(host), recoverableDays),
  };
}
