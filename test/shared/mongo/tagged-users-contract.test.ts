import { useMongod } from 'embedded-mongod/testing';
import { mongoServers } from '../../../shared/mongo/mongo-servers';
import type { Host } from '../../../shared/mongo/mongo-users';
import { type TaggedUsers, taggedUsers } from '../../../shared/mongo/tagged-users';
import { memoryTaggedUsers } from '../../support/memory-tagged-users';
import { memoryUsers, type StoredUsers } from '../../support/memory-users';
import { useWeakAdmins } from '../../support/weak-admins';

const servers = mongoServers();
const admins = useWeakAdmins(() => server);
afterAll(() => admins.close());
afterAll(() => servers.close());
// After what is above, so that it still answers then.
const server = useMongod();
let host: Host;
let db = '';
/** Of one test alone, as the server may be used by others too. */
let stack = '';

beforeAll(async () => {
  host = await admins.make(['root']);
});
beforeEach(() => {
  db = server.newDb();
  stack = `stack-${db}`;
});

interface Made {
  /** The stack in its tag; none for a user without one. */
  of?: string;
  roles?: { role: string; db: string }[];
  cidrs?: string[];
}
const tag = (name: string) => ({ email: 'ada@lab.org', label: '', grant: 'g1', expires: '', stack: name });
const read = () => ({ role: 'read', db });

describe.each(['MongoDB', 'its twin in memory'])('%s', (name) => {
  const stored: StoredUsers = new Map();
  const isReal = name === 'MongoDB';
  const tagged: TaggedUsers = isReal ? taggedUsers(servers) : memoryTaggedUsers(stored);

  async function add(user: string, { of, roles = [], cidrs = [] }: Made = {}): Promise<void> {
    if (!isReal) {
      stored.set(`${db}.${user}`, {
        user,
        db,
        password: 'pw',
        roles,
        cidrs,
        ...(of !== undefined && { tag: tag(of) }),
      });
      return;
    }
    const data = of === undefined ? {} : { customData: { mongogrant: tag(of) } };
    const limits = cidrs.length > 0 && { authenticationRestrictions: [{ clientSource: cidrs }] };
    await server.admin.db(db).command({ createUser: user, pwd: 'pw', roles, ...data, ...limits });
  }
  const drop = (user: string) =>
    isReal ? server.admin.db(db).command({ dropUser: user }) : memoryUsers(stored).drop(host, { user, db });

  test('a list shows ours everywhere, with roles, tag and addresses, and counts the others', async () => {
    const before = await tagged.list(host, stack, async () => []);
    await add('one', { of: stack, roles: [read()], cidrs: ['10.0.0.0/8'] });
    await add('two', { of: stack });
    await add('theirs', { of: 'another' });
    await add('plain');
    const { ours, foreign, untagged, seen } = await tagged.list(host, stack, async () => []);
    expect(ours.sort((a, b) => a.user.localeCompare(b.user))).toEqual([
      { user: 'one', db, roles: [read()], cidrs: ['10.0.0.0/8'], tag: tag(stack) },
      { user: 'two', db, roles: [], cidrs: [], tag: tag(stack) },
    ]);
    expect([foreign - before.foreign, untagged - before.untagged, seen]).toEqual([1, 1, 'all']);
    await drop('one');
    expect((await tagged.list(host, stack, async () => [])).ours).toMatchObject([{ user: 'two' }]);
  });

  test('a look shows the users with these names as they are, and nobody else', async () => {
    const named = ['one', 'theirs', 'plain', 'gone'].map((user) => ({ user, db }));
    expect(await tagged.look(host, stack, named)).toEqual({ ours: [], foreign: 0, untagged: 0 });
    await add('one', { of: stack, cidrs: ['10.0.0.0/8'] });
    await add('other', { of: stack });
    await add('theirs', { of: 'another' });
    await add('plain');
    const one = { user: 'one', db, roles: [], cidrs: ['10.0.0.0/8'], tag: tag(stack) };
    expect(await tagged.look(host, stack, named)).toEqual({ ours: [one], foreign: 1, untagged: 1 });
    expect(await tagged.look(host, stack, [])).toEqual({ ours: [], foreign: 0, untagged: 0 });
  });

  test('roles are added to those that a user has, once; one who is not there is an answer, and none is made', async () => {
    const named = [{ user: 'one', db }];
    const more = { role: 'readWrite', db };
    expect(await tagged.grantRoles(host, { user: 'one', db }, [read()])).toBe('missing');
    expect((await tagged.look(host, stack, named)).ours).toEqual([]);
    await add('one', { of: stack, roles: [read()] });
    for (let time = 0; time < 2; time++)
      expect(await tagged.grantRoles(host, { user: 'one', db }, [more, read()])).toBe('granted');
    const [user] = (await tagged.look(host, stack, named)).ours;
    expect(new Set(user?.roles)).toEqual(new Set([read(), more]));
    expect(user?.roles).toHaveLength(2);
  });
});
