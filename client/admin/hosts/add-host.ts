import * as v from 'valibot';
import { together } from '../../../shared/async/together';
import { readCertificates } from '../../../shared/aws/certificates';
import { canHoldUsers, hostSecretFields, withoutEmpty } from '../../../shared/aws/host-secret';
import { badFields } from '../../../shared/aws/parse-secret';
import { registeredName } from '../../../shared/contract/names';
import { badAddresses, holdsLogin } from '../../../shared/mongo/mongo-uri';
import { type Actor, type HostRefusal, hostLog, invalidHost, type RegistryDeps, refusal } from './host-registry';
import { authorityNotes } from './state-notes';

export interface NewHost extends Actor {
  /** As clients name it, such as `mongodb03.lab.org` or `localhost:27020`. */
  host: string;
  /**
   * Its admin login: `username`, `password`, and where needed `host`, `port` (both from the name if left out), `authSource`,
   * `ssl`, `replicaSet`, `uri`, `ca`, `publicUri`, `usersDb`, `masterarn`, and what AWS writes beside them. Any other field is refused.
   */
  secret: unknown;
  /** Takes the place of a secret that is there, and brings back a host that is being removed. */
  replace?: boolean;
}

/** `notes`: what an admin should know of the certificates in it, a sentence each. */
export type Added = { state: 'added' | 'changed'; host: string; notes?: string[] } | HostRefusal;

const filled = v.pipe(v.string(), v.minLength(1));
const { retiredAt: _, ...fields } = hostSecretFields;
/** What may be written. It is stricter than what may be read, so that a slip is found when it is made. */
const newSecret = v.strictObject({
  ...fields,
  engine: v.optional(v.literal('mongo'), 'mongo'),
  username: filled,
  password: filled,
  usersDb: v.optional(v.pipe(v.string(), v.check(canHoldUsers))),
  publicUri: v.optional(
    v.pipe(
      v.string(),
      v.check((uri) => !holdsLogin(uri)),
    ),
  ),
  // AWS's tools write these, and look for them.
  dbClusterIdentifier: v.optional(v.string()),
  dbInstanceIdentifier: v.optional(v.string()),
});
type NewSecret = v.InferOutput<typeof newSecret>;

/** Registers a host, or with `replace` gives it another admin login. Nothing is asked of the host itself. */
export async function addHost(deps: RegistryDeps, input: NewHost, now: Date): Promise<Added> {
  const host = registeredName(input.host);
  if (host === undefined) return invalidHost();
  const secret = parseSecret(host, input.secret);
  if ('state' in secret) return secret;
  const notes = authorityNotes(secret, now);
  const done = (state: 'added' | 'changed'): Added => ({ state, host, ...(notes.length > 0 && { notes }) });
  const log = hostLog(deps, input, now);
  if (input.replace) {
    const kept = await fieldsOfOthers(deps, host, secret);
    const [put] = await together([
      deps.hosts.put(host, { ...kept, ...secret }),
      log.note({ act: 'host_changed', host }),
    ]);
    if (put === 'put') return done('changed');
  }
  const [created] = await together([deps.hosts.create(host, secret), log.note({ act: 'host_added', host })]);
  if (created === 'exists') return log.refuse(taken(host));
  if (created === 'deleted') await bringBack(deps, host, secret);
  return done('added');
}

/** What other tools keep in a secret stays there for as long as it is about the same server. */
async function fieldsOfOthers({ hosts }: RegistryDeps, host: string, secret: NewSecret): Promise<object> {
  const stored = await hosts.read(host);
  if (typeof stored === 'string' || stored.fields.host !== secret.host) return {};
  const ours = new Set([...Object.keys(hostSecretFields), 'engine']);
  return Object.fromEntries(Object.entries(stored.fields).filter(([name]) => !ours.has(name)));
}

/**
 * A secret that was deleted in the last days still holds its name. It is restored, has its old value for a moment, and is then replaced.
 */
async function bringBack({ hosts }: RegistryDeps, host: string, secret: object): Promise<void> {
  await hosts.restore(host);
  const put = await hosts.put(host, secret);
  if (put !== 'put') throw new Error(`The secret of ${host} is ${put} although it was restored`);
}

function parseSecret(host: string, given: unknown): NewSecret | HostRefusal {
  const [name, port] = host.split(':');
  const named = v.safeParse(v.record(v.string(), v.unknown()), given);
  const own = named.success ? withoutEmpty(named.output) : {};
  const result = v.safeParse(newSecret, { host: name, ...(port && { port }), ...own });
  const bad = result.success ? badAddresses(result.output) : badFields(result.issues);
  if (result.success && bad.length === 0) return result.output;
  // Fields by name, never what is in them.
  const why = bad.includes('ca') ? whyNot(own.ca) : '';
  return refusal(host, 'secret_invalid', `The secret of ${host} has no usable ${bad.join(', ')}${why}`);
}

function whyNot(ca: unknown): string {
  const read = typeof ca === 'string' ? readCertificates(ca) : { why: 'it is no text' };
  return 'why' in read ? `: ${read.why}` : '';
}

const taken = (host: string): HostRefusal =>
  refusal(
    host,
    'host_exists',
    `${host} is registered already. Add --replace, if you mean to change its login or to bring it back.`,
  );
