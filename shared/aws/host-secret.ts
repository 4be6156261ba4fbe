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

/** What a host's secret may hold and means something here. */
export const hostSecretFields = {
  host: v.pipe(v.string(), v.trim(), v.regex(/^[^\s/?#@]+$/)),
  port: v.optional(port, 27017),
  username: v.string(),
  password: v.string(),
  authSource: v.optional(v.string(), 'admin'),
  ssl: v.optional(flag),
  replicaSet: v.optional(v.string()),
  /** Takes the place of host, port, ssl and replicaSet; a username and password in it are ignored. */
  uri: v.optional(v.string()),
  /** The authorities that sign the certificate of the server, in PEM, if the usual ones do not; `rds` stands for Amazon's own. */
  ca: v.optional(authorities),
  /** The address that people are given, where they reach the host by another one than functions do. */
  publicUri: v.optional(v.string()),
  /** The one database in which users are made (DocumentDB and Atlas: `admin`); otherwise each is made where it is used. */
  usersDb: v.optional(v.string()),
  /** The secret with the login that changes the passwords of this one and its alternate, where two users take turns. */
  masterarn: v.optional(v.string()),
  /** Whole seconds. From then on the host is on its way out: what lives there may end, and nothing new begins. */
  retiredAt: v.optional(v.number()),
};

/** AWS's console and Terraform write null, or an empty text, where nothing was meant. */
export const withoutEmpty = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ''));

/** The admin login of a host, in the shape of AWS's own MongoDB secrets. */
export const hostSecret = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform(withoutEmpty),
  v.object(hostSecretFields),
);
export type HostSecret = v.InferOutput<typeof hostSecret>;

/**
 * The staging label of a password that a rotation is giving, or has given, to the server before it became the current one: where the
 * current one is refused, this one works.
 */
export const setStage = 'mongogrant-set';

/** A host's secret under the prefix of all: secrets take no `:` in their names. */
export const hostSecretName = (host: string): string => `hosts/${host.replace(':', '/')}`;

/** The host whose secret has this name. */
export const hostOfSecret = (name: string): string => name.replace(/^hosts\//, '').replace('/', ':');

/** Whether MongoDB lets users live in this database. */
export const canHoldUsers = (db: string): boolean => isDatabase(db) && db !== 'local' && db !== 'config';
