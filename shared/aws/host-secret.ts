import * as v from 'valibot';
import { isDatabase } from '../contract/names';
import { readCertificates } from './certificates';

const flag = v.union([
  v.boolean(),
  v.pipe(
    v.string(),
    v.trim(),
    v.toLowerCase(),
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);
const port = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.trim(), v.digits())]),
  v.transform(Number),
  v.integer(),
  v.minValue(1),
  v.maxValue(65_535),
);
const authorities = v.union([
  v.pipe(v.string(), v.trim(), v.toLowerCase(), v.literal('rds')),
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const read = readCertificates(dataset.value);
      if ('pem' in read) return read.pem;
      addIssue({ message: read.why });
      return NEVER;
    }),
  ),
]);

/** The fields of a host's secret that mongogrant uses. */
export const hostSecretFields = {
  host: v.pipe(v.string(), v.trim(), v.regex(/^[^\s/?#@]+$/)),
  port: v.optional(port, 27017),
  username: v.string(),
  password: v.string(),
  authSource: v.optional(v.string(), 'admin'),
  ssl: v.optional(flag),
  replicaSet: v.optional(v.string()),
  /** Replaces host, port, ssl and replicaSet. A username and password in it are ignored. */
  uri: v.optional(v.string()),
  /** The authorities that sign the server's certificate, in PEM, if they are not the usual ones; `rds` means Amazon's own. */
  ca: v.optional(authorities),
  /** The address for people, if they reach the host at another one than functions do. */
  publicUri: v.optional(v.string()),
  /** The one database that holds users (DocumentDB and Atlas: `admin`). Without it each user is made where it is used. */
  usersDb: v.optional(v.string()),
  /** The secret of the login that changes the passwords of two users who take turns. */
  masterarn: v.optional(v.string()),
  /** Whole seconds. From then on logins on the host may end, but none begin. */
  retiredAt: v.optional(v.number()),
};

/** AWS's console and Terraform write null or an empty text for a field without a value. */
export const withoutEmpty = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ''));

/** The admin login of a host, in the form of AWS's own MongoDB secrets. */
export const hostSecret = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform(withoutEmpty),
  v.object(hostSecretFields),
);
export type HostSecret = v.InferOutput<typeof hostSecret>;

/**
 * The staging label of a password that a rotation gives to the server before it becomes current. If the current one is refused, this one
 * works.
 */
export const setStage = 'mongogrant-set';

/**
 * The staging label of the value that retires a host. Whoever may look at a secret but not read it knows by this. Hosts that release 0.1.0
 * retired lack it.
 */
export const retiredStage = 'mongogrant-retired';

/** Whether logins can begin on a host. On a retired one they can only end. */
export type HostState = 'registered' | 'unregistered' | 'retired';

/** The name of a host's secret below the prefix. Names of secrets can't hold a `:`. */
export const hostSecretName = (host: string): string => `hosts/${host.replace(':', '/')}`;

export const hostOfSecret = (name: string): string => name.replace(/^hosts\//, '').replace('/', ':');

/** Whether MongoDB allows users in this database. */
export const canHoldUsers = (db: string): boolean => isDatabase(db) && db !== 'local' && db !== 'config';
