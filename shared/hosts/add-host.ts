import * as v from 'valibot';
import { canHoldUsers, hostSecret } from '../host-secret';
import { adminUri } from '../mongo-uri';
import {
  type Actor,
  type HostRefusal,
  invalidHost,
  noteHost,
  type RegistryDeps,
  refuse,
  registeredName,
} from './host-registry';

export interface NewHost extends Actor {
  /** As clients name it, such as `mongodb03.lab.org` or `localhost:27020`. */
  host: string;
  /**
   * Its admin login: `username`, `password`, and where needed `host`, `port` (both from the name if left out), `authSource`,
   * `ssl`, `replicaSet`, `uri`, `usersDb`, `masterarn`. Any other field is refused.
   */
  secret: unknown;
  /** Takes the place of a secret that is there, and brings back a host that is being removed. */
  replace?: boolean;
}

export type Added = { state: 'added' | 'changed'; host: string } | HostRefusal;

const filled = v.pipe(v.string(), v.minLength(1));
const { retiredAt: _, ...fields } = hostSecret.entries;
/** What may be written: stricter than what is read, so that a slip of the pen is found when it is made. */
const newSecret = v.strictObject({
  ...fields,
  engine: v.optional(v.literal('mongo'), 'mongo'),
  host: filled,
  port: v.pipe(fields.port, v.minValue(1), v.maxValue(65_535)),
  username: filled,
  password: filled,
  usersDb: v.optional(v.pipe(v.string(), v.check(canHoldUsers))),
});

/** Registers a host, or with `replace` gives it another admin login. Nothing is asked of the host itself. */
export async function addHost(deps: RegistryDeps, input: NewHost, now: Date): Promise<Added> {
  const host = registeredName(input.host);
  if (host === undefined) return invalidHost();
  const secret = parseSecret(host, input.secret);
  if ('state' in secret) return secret;
  const note = (act: 'host_added' | 'host_changed') => noteHost(deps, { act, host }, input, now);
  if (input.replace) {
    const [put] = await Promise.all([deps.hosts.put(host, secret), note('host_changed')]);
    if (put === 'put') return { state: 'changed', host };
  }
  const [created] = await Promise.all([deps.hosts.create(host, secret), note('host_added')]);
  if (created === 'exists') return refuse(deps, taken(host), input, now);
  if (created === 'deleted') await bringBack(deps, host, secret);
  return { state: 'added', host };
}

/** What was deleted in the last days keeps its name: it is restored, which gives it its old value for a moment, then replaced. */
async function bringBack({ hosts }: RegistryDeps, host: string, secret: object): Promise<void> {
  await hosts.restore(host);
  const put = await hosts.put(host, secret);
  if (put !== 'put') throw new Error(`The secret of ${host} is ${put} although it was restored`);
}

function parseSecret(host: string, given: unknown): v.InferOutput<typeof newSecret> | HostRefusal {
  const [name, port] = host.split(':');
  const named = v.safeParse(v.record(v.string(), v.unknown()), given);
  const result = v.safeParse(newSecret, { host: name, ...(port && { port }), ...(named.success && named.output) });
  const bad = result.success ? badAddress(result.output) : result.issues.map((issue) => v.getDotPath(issue) ?? 'value');
  if (result.success && bad.length === 0) return result.output;
  // Fields by name, never what is in them.
  const detail = `The secret of ${host} has no usable ${[...new Set(bad)].join(', ')}`;
  return { state: 'refused', host, reason: 'secret_invalid', detail };
}

function badAddress(secret: v.InferOutput<typeof newSecret>): string[] {
  try {
    adminUri(secret);
    return [];
  } catch {
    return [secret.uri === undefined ? 'host' : 'uri'];
  }
}

const taken = (host: string): HostRefusal => ({
  state: 'refused',
  host,
  reason: 'host_exists',
  detail: `${host} is registered already. Say that it is to be replaced, if you mean to change its login or to bring it back.`,
});
