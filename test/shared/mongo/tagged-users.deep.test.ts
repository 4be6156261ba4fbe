import { useMongod } from 'embedded-mongod/testing';
import { mongoServers } from '../../../shared/mongo/mongo-servers';
import { taggedUsers } from '../../../shared/mongo/tagged-users';
import { useWeakAdmins } from '../../support/weak-admins';

const servers = mongoServers();
const tagged = taggedUsers(servers);
const admins = useWeakAdmins(() => server);
afterAll(() => admins.close());
afterAll(() => servers.close());
// After what is above, so that it still answers then.
const server = useMongod();

const text = 'x'.repeat(1024 * 1024);

test.each(['all databases', 'one database'])(
  'users whom no answer of the server could hold are listed all the same, by a login that sees %s',
  async (sees) => {
    const db = server.newDb();
    const stack = `stack-${db}`;
    const viewUser = { resource: { db, collection: '' }, actions: ['viewUser'] };
    const host = await (sees === 'all databases' ? admins.make(['root']) : admins.withPrivileges([viewUser]));
    const before = await tagged.list(host, stack, async () => [db]);
    for (let n = 0; n < 24; n++) {
      const tag = n < 4 ? { mongogrant: { grant: `g${n}`, stack } } : {};
      const customData = { ...tag, text };
      await server.admin.db(db).command({ createUser: `u${n}`, pwd: 'pw', roles: [], customData });
    }
    const { ours, untagged, seen } = await tagged.list(host, stack, async () => [db]);
    expect(ours.map(({ user }) => user).sort()).toEqual(['u0', 'u1', 'u2', 'u3']);
    expect([untagged - before.untagged, seen]).toEqual([20, sees === 'all databases' ? 'all' : [db]]);
    for (let n = 0; n < 24; n++) await server.admin.db(db).command({ dropUser: `u${n}` });
  },
  60_000,
);
