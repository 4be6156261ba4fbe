import type { MongoClient } from 'mongodb';
import { adminRole } from '../../client/admin/hosts/admin-role';
import type { HostReport } from '../../functions/reconcile/reconcile';
import { type Reconciled, reconcile, type Scope } from '../../functions/reconcile/reconcile';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { taggedUsers } from '../../shared/mongo/tagged-users';
import { interpose } from './outside';
import { allItems, later, openStage, registerHost } from './stage';

/** A host on the same server whose admin may do what the printed role says, on these databases. */
export const named = { host: 'named.lab.org', databases: ['a', 'b', 'c'] };

export type ComparedHosts = Awaited<ReturnType<typeof openComparedHosts>>;

/** A stage with two hosts, a person who may use them (from 127.0.0.0/8 alone on database `c`), and the job that compares. */
export async function openComparedHosts() {
  const stage = await openStage({
    linkCooldown: '0 s',
    tokenTtl: '300 d',
    linksPerDay: 100,
    liveGrantsPerPersonAndHost: 100,
  });
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  const admin = await stage.tokenFor('admin@example.com');
  for (const db of ['a', 'b', 'c', 'd']) {
    const rule = { email: 'you@example.com', host: '*', db, role: 'readWrite', which: 'allow' };
    await stage.ask('PUT', '/rules', {
      token: admin,
      body: { ...rule, ...(db === 'c' && { cidrs: ['127.0.0.0/8'] }) },
    });
  }
  const you = await stage.tokenFor('you@example.com');
  await useNamedAdmin(root, stage.mongod.port);
  const servers = mongoServers();
  const { tagged } = interpose({ tagged: taggedUsers(servers) }, stage.outside);
  const deps = { ...stage.deps, tagged, hosts: async () => [stage.host], clock: () => stage.clock.now.getTime() };
  let runs = 0;
  const run = (scope: Scope = {}, more: Partial<typeof deps> = {}): Promise<Reconciled> =>
    reconcile({ ...deps, ...more }, { requestId: `run-${runs++}`, ip: 'reconcile' }, scope, deps.clock() + 600_000);
  const ask = (method: string, path: string, body?: unknown) => stage.ask(method, path, { token: you, body });

  return {
    ...stage,
    stage,
    root,
    admin,
    deps,
    run,
    ask,
    /** One run over one host: what it reports. */
    runOn: async (host: string, scope: Scope = {}): Promise<HostReport | undefined> =>
      (await run({ ...scope, host })).hosts[0],
    grant: async (db: string, host = stage.host, label = '') => {
      const { status, json } = await ask('POST', '/grants', { host, db, role: 'readWrite', label, ttl: '5 d' });
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(json)}`);
      return json;
    },
    row: async (db: string) =>
      (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db),
    events: async (...acts: string[]) =>
      (await allItems())
        .filter(({ pk, act }) => /^audit#2/.test(String(pk)) && acts.includes(String(act)))
        .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)),
    /** By hand, as root. */
    byHand: (db: string, command: Record<string, unknown>) => root.db(db).command(command),
    userNamed: async (user: string, db: string) =>
      (await root.db(db).command({ usersInfo: { user, db }, showAuthenticationRestrictions: true })).users[0],
    login: async (db: string, { username, password }: { username?: string; password?: string }) => {
      try {
        await stage.login(String(username), String(password), db);
        return 'works';
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    },
    /** So that no change is still under way. */
    settle: () => later(stage, 61),
    close: async () => {
      await servers.close();
      await stage.close();
    },
  };
}

async function useNamedAdmin(root: MongoClient, port: number): Promise<void> {
  const login = { username: 'mongogrant', password: 'pw' };
  await root.db('admin').command({ createUser: login.username, pwd: login.password, roles: [] });
  const user = { user: login.username, db: 'admin' };
  for (const { db, command } of adminRole({ databases: named.databases, user }).commands)
    await root.db(db).command(command);
  await registerHost(named.host, { host: '127.0.0.1', port, ...login });
}

/** The `customData` of a user of ours whose grant nobody knows. */
export const tag = (change: object = {}) => ({
  mongogrant: {
    email: 'you@example.com',
    label: '',
    grant: 'g'.repeat(22),
    expires: '2027-01-01T00:00:00.000Z',
    stack: 'mongogrant',
    ...change,
  },
});

/** Figures of a comparison that found nothing. */
export const none = { orphans: 0, orphansEnded: 0, lost: 0, found: 0, drifted: 0, repaired: 0, faults: 0 };
