import { addHost, type NewHost } from '../../client/admin/hosts/add-host';
import { type Removal, removeHost } from '../../client/admin/hosts/remove-host';
import { hostSecrets } from '../../shared/aws/host-secrets';
import type { MongoUsers } from '../../shared/mongo/mongo-users';
import { interpose } from './outside';
import { allItems, openStage } from './stage';

export type Registry = Awaited<ReturnType<typeof openRegistry>>;

/** A stage, and beside it the hosts as an admin with AWS rights changes them, with the same ear at each outside call. */
export async function openRegistry() {
  const stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, grantTtl: '10 d' });
  const { hosts } = interpose({ hosts: hostSecrets('mongogrant') }, stage.outside);
  const actor = { by: 'ops@lab.org', source: { requestId: 'cli', ip: 'local' } };
  const login = { ...stage.admin, host: '127.0.0.1', port: stage.mongod.port };

  return {
    ...stage,
    stage,
    hosts,
    login,
    add: (change: Partial<NewHost> = {}) =>
      addHost({ ...stage.edges, hosts }, { ...actor, host: stage.host, secret: login, ...change }, stage.clock.now),
    /** Over other MongoDB users, if some are given. */
    remove: (change: Partial<Removal> = {}, users: MongoUsers = stage.edges.users) =>
      removeHost({ ...stage.deps, users, hosts }, { ...actor, host: stage.host, ...change }, stage.clock.now),
    /** What the audit log says about hosts, in order. */
    events: async () =>
      (await allItems())
        .filter(({ pk, act }) => String(pk).startsWith('audit#') && String(act).startsWith('host_'))
        .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1)),
  };
}
