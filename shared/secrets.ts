import * as v from 'valibot';
import { SecretUnusable } from './errors';
import { type HostSecret, hostSecret, hostSecretName } from './host-secret';
import { secretReader } from './secrets-manager';
import type { SigningKeys } from './tokens';

export type { HostSecret };

const signingKeysSecret = v.object({
  key: v.pipe(v.string(), v.minLength(32)),
  older: v.optional(v.array(v.string()), []),
});

/** Secrets Manager, each value kept in memory for a while. */
export interface Secrets {
  /** `fresh` asks again even where a value is kept, but not more often than every ten seconds. */
  signingKeys(fresh?: 'fresh'): Promise<SigningKeys>;
  /** The keys that sign the links in mails: others than those of tokens, as who sends links need not be able to make tokens. */
  linkKeys(): Promise<SigningKeys>;
  /** The admin login of a host; none for a host that is not registered. A retired host has one, so that what lives there can end. */
  host(host: string, fresh?: 'fresh'): Promise<HostSecret | undefined>;
}

/** Milliseconds for which a function goes on with what it has read. */
export const keptFor = 300_000;
const leastAge = 10_000;

/** The secrets under a prefix. */
export function awsSecrets(prefix: string, clock: () => number = Date.now): Secrets {
  const reader = secretReader();
  const kept = new Map<string, { at: number; value: Promise<string | undefined> }>();

  async function fetchValue(id: string): Promise<string | undefined> {
    const value = await reader.get(id);
    return typeof value === 'object' ? value.text : undefined;
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
      throw new SecretUnusable(`The secret ${id} can't be read`);
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
      const value = await read(hostSecretName(host), fresh);
      return value === undefined ? undefined : checked(hostSecret, value, host);
    },
  };
}

/** Names the bad fields of a secret, never their values. */
function checked<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new SecretUnusable(
    `The secret of ${name} has no usable ${result.issues.map((issue) => v.getDotPath(issue) ?? 'value').join(', ')}`,
  );
}
