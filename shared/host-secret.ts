import * as v from 'valibot';
import { isDatabase } from './names';

const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);
const port = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer());

/** The admin login of a host, in the shape of AWS's own MongoDB secrets. */
export const hostSecret = v.object({
  host: v.string(),
  port: v.optional(port, 27017),
  username: v.string(),
  password: v.string(),
  authSource: v.optional(v.string(), 'admin'),
  ssl: v.optional(flag),
  replicaSet: v.optional(v.string()),
  /** Takes the place of host, port, ssl and replicaSet; a username and password in it are ignored. */
  uri: v.optional(v.string()),
  /** The one database in which users are made (DocumentDB and Atlas: `admin`); otherwise each is made where it is used. */
  usersDb: v.optional(v.string()),
  /** The secret with the login that changes the passwords of this one and its alternate, where two users take turns. */
  masterarn: v.optional(v.string()),
  /** Whole seconds. From then on the host is on its way out: what lives there may end, and nothing new begins. */
  retiredAt: v.optional(v.number()),
});
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
