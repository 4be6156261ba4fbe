import { useMongod } from 'embedded-mongod/testing';
import { adminRole } from '../../../client/admin/hosts/admin-role';
import { HostRefused } from '../../../shared/contract/errors';
import { mongoServers } from '../../../shared/mongo/mongo-servers';
import type { Host } from '../../../shared/mongo/mongo-users';
import { taggedUsers } from '../../../shared/mongo/tagged-users';
import { useWeakAdmins } from '../../support/weak-admins';

const servers = mongoServers();
const tagged = taggedUsers(servers);
const admins = useWeakAdmins(() => server);
afterAll(() => admins.close());
afterAll(() => servers.close());
// After what is above, so that it still answers then.
const server = useMongod();
let dbs: string[];
/** Of this test alone, as the server may be used by others too. */
let stack: string;
beforeEach(() => {
  dbs = [server.newDb(), server.newDb()];
  stack = `stack-${dbs[0]}`;
});

const add = (user: string, db: string | undefined, more: Record<string, unknown> = {}) =>
  server.admin.db(db).command({ createUser: user, pwd: 'pw', roles: [], ...more });
const tag = (change: object = {}) => ({ mongogrant: { grant: 'g1', stack, email: 'ada@lab.org', ...change } });
const byRole = async (databases: string[]): Promise<Host> =>
  admins.withPrivileges(adminRole({ databases, user: { user: 'any', db: 'admin' } }).privileges);

test('an admin who may look everywhere sees ours everywhere, with roles, tag and addresses, and counts the others', async () => {
  const root = await admins.make(['root']);
  const before = await tagged.list(root, stack, async () => []);
  expect(before.seen).toBe('all');
  await add('one', dbs[0], {
    roles: [{ role: 'read', db: 'x' }],
    customData: tag(),
    authenticationRestrictions: [{ clientSource: ['127.0.0.1', '10.0.0.0/8'] }, { clientSource: ['::1'] }],
  });
  await add('two', dbs[1], {
    customData: tag({ grant: 'g2', email: 7 }),
    authenticationRestrictions: [{ serverAddress: ['127.0.0.1'] }],
  });
  await add('three', dbs[1], { customData: { ...tag(), more: 1 } });
  await add('theirs', dbs[1], { customData: tag({ stack: 'other' }) });
  await add('plain', dbs[1]);
  await add('odd', dbs[1], { customData: tag({ grant: 7 }) });
  const { ours, foreign, untagged } = await tagged.list(root, stack, async () => []);
  expect(ours.sort((a, b) => (a.tag.grant < b.tag.grant ? -1 : 1))).toMatchObject([
    {
      user: 'one',
      db: dbs[0],
      roles: [{ role: 'read', db: 'x' }],
      tag: tag().mongogrant,
      cidrs: ['127.0.0.1', '10.0.0.0/8', '::1'],
    },
    { user: 'three', cidrs: [] },
    { user: 'two', tag: { email: 7 }, cidrs: 'other' },
  ]);
  expect([foreign - before.foreign, untagged - before.untagged]).toEqual([1, 2]);
});

test('an admin of named databases sees what lies in those that the privileges or the caller name, and says where it could not look', async () => {
  const [own = '', other = ''] = dbs;
  const host = await byRole([own]);
  await add('one', own, { customData: tag() });
  await add('plain', own);
  await add('two', other, { customData: tag({ grant: 'g2' }) });
  expect(await tagged.list(host, stack, async () => [other])).toMatchObject({
    ours: [{ user: 'one', cidrs: [] }],
    foreign: 0,
    untagged: 1,
    seen: [own],
  });
});

test('an admin who may look nowhere sees nobody, and that is no fault', async () => {
  expect(await tagged.list(await admins.make([]), stack, async () => dbs)).toEqual({
    ours: [],
    foreign: 0,
    untagged: 0,
    seen: [],
  });
});

test('where the server shows no addresses they are unknown, not empty', async () => {
  await add('one', dbs[0], { customData: tag() });
  const root = await admins.make(['root']);
  const blind = taggedUsers({
    command: async (host, db, command) => {
      if ('showAuthenticationRestrictions' in command) throw new HostRefused(host.name);
      return servers.command(host, db, command);
    },
  });
  const [user] = (await blind.list(root, stack, async () => [])).ours;
  expect(user).toMatchObject({ user: 'one' });
  expect(user).not.toHaveProperty('cidrs');
});

test('more users than one command takes are all looked at', async () => {
  const [db = ''] = dbs;
  const names = Array.from({ length: 450 }, (_, index) => ({ user: `u${index}`, db }));
  for (const { user } of names) await add(user, db, { customData: tag({ grant: user }), mechanisms: ['SCRAM-SHA-1'] });
  const host = await byRole([db]);
  const { ours } = await tagged.list(host, stack, async () => []);
  expect(new Set(ours.map(({ user }) => user)).size).toBe(450);
  expect((await tagged.look(host, stack, [...names, { user: 'nobody', db }])).ours).toHaveLength(450);
}, 60_000);

test('roles are given where our login may give them; a user who is gone, or a right that is missing, is an answer', async () => {
  const [own = '', other = ''] = dbs;
  const host = await byRole([own]);
  await add('one', own);
  const name = { user: 'one', db: own };
  const roles = [{ role: 'read', db: own }];
  expect(await tagged.grantRoles(host, name, roles)).toBe('granted');
  expect((await server.admin.db(own).command({ usersInfo: name })).users[0].roles).toEqual(roles);
  expect(await tagged.grantRoles(host, { user: 'gone', db: own }, roles)).toBe('missing');
  expect(await tagged.grantRoles(host, name, [{ role: 'read', db: other }])).toBe('not_offered');
  await expect(tagged.grantRoles(host, name, [{ role: 'nobody', db: own }])).rejects.toMatchObject({
    cause: { code: 31 },
  });
});
