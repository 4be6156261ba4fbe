import * as v from 'valibot';
import { type Reaped, reap } from '../../../functions/reap/reap';
import { type Reconciled, reconcile } from '../../../functions/reconcile/reconcile';
import { spentSources } from '../../../functions/request-link/spent-sources';
import { hostSecretName } from '../../../shared/aws/host-secret';
import type { Log } from '../../../shared/aws/log';
import type { HostSecret } from '../../../shared/aws/secrets';
import { parseSettings } from '../../../shared/aws/settings';
import { issuerOf } from '../../../shared/http/authenticate';
import { serve } from '../../../shared/http/serve';
import { putLink, redeemLink } from '../../../shared/store/links';
import { signToken } from '../../../shared/tokens/fetch-tokens';
import { newId, newLink } from '../../../shared/tokens/tokens';
import { everyHost } from '../every-host';
import { keepPromises } from '../keep-promises';
import { memorySecretVersions, type StoredSecret } from '../memory-secret-versions';
import { memoryServers, type StoredAdmin } from '../memory-servers';
import { memoryTable, type StoredItems } from '../memory-table';
import { memoryTaggedUsers } from '../memory-tagged-users';
import { memoryUsers, type StoredUsers } from '../memory-users';
import { eventOf } from '../stage';
import { useCases } from '../use-cases';

/** All that the outside systems hold. */
export interface World {
  items: StoredItems;
  users: StoredUsers;
  /** With which mongogrant logs in at the host. */
  admin: StoredAdmin;
  /** Where its functions find that login. */
  secret: StoredSecret;
  /** Seconds since 1970. */
  now: number;
}

export type Edges = ReturnType<typeof edgesOf>;

export const host = 'db.lab.org';
export const admin = 'admin@example.com';
export const you = 'you@example.com';
const keys = { key: 'k'.repeat(64), older: [] };
export const stackName = 'mongogrant';
export const silent: Log = { info() {}, warn() {}, error() {} };
const settings = parseSettings({ admins: [admin], mailFrom: 'no-reply@example.com' });
export const secret: HostSecret = { host, port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' };
export const secretId = `${stackName}/${hostSecretName(host)}`;
export const nextVersion = 'the-next-version'.padEnd(32, '-');
const tokens = new Map<string, string>();

/** Everything outside of the process. */
export const edgesOf = ({ items, users, admin: login, secret: stored }: World) => ({
  table: memoryTable(items),
  secrets: {
    signingKeys: async () => keys,
    linkKeys: async () => keys,
    host: async (name: string): Promise<HostSecret | undefined> => (name === host ? secret : undefined),
  },
  users: memoryUsers(users),
  tagged: memoryTaggedUsers(users),
  servers: memoryServers(users, login),
  versions: memorySecretVersions(stored),
});

/** The same world once more, which goes its own way. */
export const copyOf = ({ items, users, admin: login, secret: { id, values, labels }, now }: World): World => ({
  items: new Map(items),
  users: new Map(users),
  admin: { ...login },
  secret: { id, values: new Map(values), labels: new Map(labels) },
  now,
});

/** The secret of the host as Secrets Manager begins to rotate it: with a version that has no value yet. */
const secretToRotate = (): StoredSecret => ({
  id: secretId,
  values: new Map([['first', JSON.stringify(secret)]]),
  labels: new Map([
    ['AWSCURRENT', 'first'],
    ['AWSPENDING', nextVersion],
  ]),
});

/** A world with a rule that lets you use a database. */
export async function newWorld(): Promise<World> {
  const { username, password } = secret;
  const now = Date.UTC(2026, 10, 24, 8) / 1000;
  const world: World = {
    items: new Map(),
    users: new Map(),
    admin: { username, password },
    secret: secretToRotate(),
    now,
  };
  const { table } = edgesOf(world);
  const expiresAt = world.now + 86_400;
  for (const email of [admin, you]) {
    const link = newLink(keys, email);
    await putLink(table, { ...link, expiresAt });
    await redeemLink(table, link, { expiresAt, now: world.now });
    const claims = { email, id: link.id, expiresAt, issuedAt: world.now };
    tokens.set(email, signToken(keys, issuerOf(stackName), claims));
  }
  await ask(edgesOf(world), world.now, admin, 'PUT', '/rules', allow);
  return world;
}

export const allow = { email: you, host, db: 'd', role: 'readWrite', which: 'allow' };

export interface Login {
  username: string;
  password: string;
  db: string;
  passwordVersion: number;
}

const granted = v.object({
  status: v.literal(201),
  json: v.object({ username: v.string(), password: v.string(), db: v.string(), passwordVersion: v.number() }),
});

/** The login that an answer hands out. */
export const loginIn = (answer: unknown): Login | undefined => (v.is(granted, answer) ? answer.json : undefined);

/** A request to the real handlers. */
export async function ask(
  edges: Edges,
  now: number,
  who: string,
  method: string,
  target: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const deps = {
    ...edges,
    hosts: everyHost,
    settings,
    stackName,
    log: silent,
    sendMail: async () => {},
    spent: spentSources(),
    floor: async () => {},
  };
  const date = new Date(now * 1000);
  const handler = keepPromises(serve(useCases, deps, { log: silent, clock: () => date }));
  const event = eventOf(method, target, { token: tokens.get(who), body }, date);
  const { statusCode: status = 0, body: text = '' } = await handler(event);
  return { status, json: JSON.parse(text) };
}

/** One run of the reaper. */
export function runReaper(edges: Edges, now: number): Promise<Reaped> {
  const clock = () => now * 1000;
  return reap({ ...edges, settings, log: silent, clock }, { requestId: 'reap', ip: 'reap' }, clock() + 45_000);
}

/** One run of the reconciliation. Throws where steps of it failed. */
export async function runReconcile(edges: Edges, now: number): Promise<Reconciled> {
  const deps = { ...edges, stackName, log: silent, hosts: async () => [host], clock: () => now * 1000 };
  const reconciled = await reconcile(deps, { requestId: newId(), ip: 'reconcile' }, {}, deps.clock() + 45_000);
  if (reconciled.faults > 0) throw new Error(`${reconciled.faults} steps failed`);
  return reconciled;
}
