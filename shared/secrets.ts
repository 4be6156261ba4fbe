import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import type { SigningKeys } from './tokens';

const signingKeysSecret = v.object({
  key: v.pipe(v.string(), v.minLength(32)),
  older: v.optional(v.array(v.string()), []),
});

const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
  ),
]);
const port = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer());

/** The admin login of a host, in the shape of AWS's own MongoDB secrets. */
const hostSecret = v.object({
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
});
export type HostSecret = v.InferOutput<typeof hostSecret>;

/** Secrets Manager, each value kept in memory for a while. */
export interface Secrets {
  /** `fresh` asks again even where a value is kept, but not more often than every ten seconds. */
  signingKeys(fresh?: 'fresh'): Promise<SigningKeys>;
  /** The keys that sign the links in mails: others than those of tokens, as who sends links need not be able to make tokens. */
  linkKeys(): Promise<SigningKeys>;
  /** The admin login of a host; none for a host that is not registered. */
  host(host: string, fresh?: 'fresh'): Promise<HostSecret | undefined>;
}

const keptFor = 300_000;
const leastAge = 10_000;

/** The secrets under a prefix of the Secrets Manager to which the AWS SDK's environment variables point. */
export function awsSecrets(prefix: string, clock: () => number = Date.now): Secrets {
  const client = new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 },
  });
  const kept = new Map<string, { at: number; value: Promise<string | undefined> }>();

  async function fetchValue(id: string): Promise<string | undefined> {
    try {
      return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async function read(name: string, fresh?: 'fresh'): Promise<unknown> {
    const id = `${prefix}/${name}`;
    const entry = kept.get(id);
    if (!entry || clock() - entry.at > (fresh ? leastAge : keptFor))
      kept.set(id, { at: clock(), value: fetchValue(id) });
    try {
      const value = await kept.get(id)?.value;
      // What is not there, or could not be read, is asked for again next time.
      if (value === undefined) kept.delete(id);
      return value && JSON.parse(value);
    } catch {
      kept.delete(id);
      // The parser's own words would quote the secret.
      throw new Error(`The secret ${id} can't be read`);
    }
  }

  return {
    async signingKeys(fresh) {
      return checked(signingKeysSecret, await read('signing-key', fresh), 'signing-key');
    },
    async linkKeys() {
      return checked(signingKeysSecret, await read('link-key'), 'link-key');
    },
    async host(host, fresh) {
      const value = await read(`hosts/${host.replace(':', '/')}`, fresh);
      return value === undefined ? undefined : checked(hostSecret, value, host);
    },
  };
}

/** Names the bad fields of a secret, never their values. */
function checked<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new Error(
    `The secret of ${name} has no usable ${result.issues.map((issue) => v.getDotPath(issue) ?? 'value').join(', ')}`,
  );
}
