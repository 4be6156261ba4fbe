import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { SecretUnusable } from '../contract/errors';
import type { SigningKeys } from '../tokens/tokens';
import { type HostSecret, hostSecret, hostSecretName, setStage } from './host-secret';
import { always, keptFor, keptTexts, keysServeFor, leastAge } from './kept-texts';
import { jsonOf, parseSecret } from './parse-secret';
import { type SecretReader, secretReader } from './secrets-manager';

export type { HostSecret };

const signingKeysSecret = v.object({
  key: v.pipe(v.string(), v.minLength(32)),
  older: v.optional(v.array(v.string()), []),
});

/** Secrets from Secrets Manager, each kept in memory for a while. */
export interface Secrets {
  /** `fresh` asks again even if a value is kept, but at most every ten seconds. */
  signingKeys(fresh?: 'fresh'): Promise<SigningKeys>;
  /** The keys that sign mailed links. Tokens have other keys, so that a function that sends links can't make tokens. */
  linkKeys(): Promise<SigningKeys>;
  /** The keys by which CloudFront is recognised, if it is in front of the API. `fresh` as above. */
  frontKeys(fresh?: 'fresh'): Promise<SigningKeys>;
  /** The admin login of a host; none if it is not registered. A retired host still has one, so that logins there can end. */
  host(host: string, fresh?: 'fresh'): Promise<HostSecret | undefined>;
  /**
   * The login to try after the host refused this one; none if no other is known. It may read the secret again, but for ten seconds not
   * twice.
   */
  otherLogin(host: string, refused: HostSecret): Promise<HostSecret | undefined>;
}

export function awsSecrets(
  prefix: string,
  clock: () => number = Date.now,
  reader: SecretReader = secretReader(),
): Secrets {
  const kept = keptTexts((id) => fetchValue(id), clock);
  /** Parsed once for each text, so that the same secret is the same object. */
  const parsed = new Map<string, { text: string; value: unknown }>();
  const looks = new Map<string, { at: number; refused: HostSecret; found: Promise<HostSecret | undefined> }>();

  /** None if there is no secret; an empty text if it holds no text. */
  async function fetchValue(id: string, stage?: string): Promise<string | undefined> {
    const value = await reader.get(id, stage);
    return typeof value === 'object' ? (value.text ?? '') : undefined;
  }

  async function read<S extends v.GenericSchema>(
    schema: S,
    name: string,
    { oldest = keptFor, host }: { oldest?: number; host?: string } = {},
  ): Promise<v.InferOutput<S> | undefined> {
    const id = `${prefix}/${name}`;
    const text = await kept.textOf(id, oldest, host === undefined ? keysServeFor : keptFor);
    if (text === undefined) {
      parsed.delete(id);
      return undefined;
    }
    const known = parsed.get(id);
    if (known?.text === text) return known.value as v.InferOutput<S>;
    try {
      const value = parseSecret(schema, text, { id, name: host ?? name, host });
      parsed.set(id, { text, value });
      return value;
    } catch (fault) {
      // Somebody will mend it, so the next call must ask again.
      kept.forget(id);
      throw fault;
    }
  }

  const hostLogin = (host: string, oldest: number): Promise<HostSecret | undefined> =>
    read(hostSecret, hostSecretName(host), { oldest, host });

  /** During a rotation the server may already have a password that is not current yet. */
  async function lookAgain(host: string, refused: HostSecret): Promise<HostSecret | undefined> {
    const id = `${prefix}/${hostSecretName(host)}`;
    const now = () => hostLogin(host, always);
    const current = await now();
    if (!current || !isSame(current, refused)) return current;
    const text = await fetchValue(id, setStage);
    // If the label is gone, the rotation has ended since the first look: its value became current before that.
    const last = text === undefined ? await now() : undefined;
    if (last && !isSame(last, refused)) return last;
    const next = v.safeParse(hostSecret, text === undefined ? undefined : jsonOf(text));
    // A rotation changes the password alone. Any other difference means an old value, which leads elsewhere.
    if (!next.success || !isSame({ ...current, password: next.output.password }, next.output)) return undefined;
    if (isSame(next.output, refused)) return undefined;
    const login = { ...current, password: next.output.password };
    kept.keep(id, JSON.stringify(login));
    return login;
  }

  return {
    async signingKeys(fresh) {
      return there(await read(signingKeysSecret, 'signing-key', { oldest: oldestFor(fresh) }), 'signing-key');
    },
    async linkKeys() {
      return there(await read(signingKeysSecret, 'link-key'), 'link-key');
    },
    async frontKeys(fresh) {
      return there(await read(signingKeysSecret, 'front-key', { oldest: oldestFor(fresh) }), 'front-key');
    },
    host: (host, fresh) => hostLogin(host, oldestFor(fresh)),
    async otherLogin(host, refused) {
      const known = await hostLogin(host, keptFor);
      if (!known || !isSame(known, refused)) return known;
      const last = looks.get(host);
      if (last && isSame(last.refused, refused) && clock() - last.at <= leastAge) return last.found;
      const found = lookAgain(host, refused);
      looks.set(host, { at: clock(), refused, found });
      found.catch(() => looks.delete(host));
      return found;
    },
  };
}

const oldestFor = (fresh: 'fresh' | undefined): number => (fresh ? leastAge : keptFor);

/** Whether two logins are the same for a server. */
const isSame = (a: HostSecret, b: HostSecret): boolean =>
  isDeepStrictEqual({ ...a, retiredAt: undefined }, { ...b, retiredAt: undefined });

function there<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new SecretUnusable(`There is no secret ${name}`);
}
