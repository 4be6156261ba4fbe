import { adoptableUsers } from '../../../client/admin/import/adoptable-users';
import { mongoAdmins } from '../../../functions/rotate-admin-password/mongo-admins';
import type { Host, Message } from '../../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { taggedUsers } from '../../../shared/mongo/tagged-users';

const sent: (Message & { writeConcern?: { wtimeout: number } })[] = [];
const servers = {
  command: async (_host: Host, _db: string, command: Message) => {
    sent.push(command);
    return { users: [] };
  },
  latest: (host: Host) => host,
  members: () => [],
  visit: async () => ({}),
  tryLogin: async () => 'refused' as const,
  close: async () => {},
};
const name = { user: 'ada', db: 'fw' };
const roles = [{ role: 'read', db: 'fw' }];
const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '', stack: 'lab' };
const secret = { host: 'h', port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' };
const users = mongoUsers(servers);
const admins = mongoAdmins((host, use) => use((db, command) => servers.command(host, db, command)));

const writes: Record<string, (host: Host) => Promise<unknown>> = {
  'a user that is made': (host) => users.create(host, { ...name, password: 'x', roles, tag, cidrs: [] }),
  'a password': (host) => users.update(host, name, { password: 'x' }),
  'roles that are taken': (host) => users.revokeRoles(host, name, roles),
  'roles that are given back': (host) => taggedUsers(servers).grantRoles(host, name, roles),
  'a user that is dropped': (host) => users.drop(host, name),
  'a tag': (host) => adoptableUsers(servers).tag(host, { ...name, customData: {} }, tag),
  'an admin password': (host) => admins.setPassword(host, name, 'x'),
  'an admin': (host) => admins.create(host, name, 'x', { roles, restrictions: [] }),
};

// A lock may be lost with the election that loses it: the drop behind it takes it along.
test.each(Object.entries(writes))('%s waits for the majority, and for the journal', async (_, write) => {
  sent.length = 0;
  await write({ name: 'h', secret });
  expect(sent).toEqual([
    expect.objectContaining({ writeConcern: { w: 'majority', j: true, wtimeout: expect.any(Number) } }),
  ]);
});

test('nobody waits for the majority for longer than a third of the time that is left', async () => {
  const waited = async (msLeft: number) => {
    sent.length = 0;
    await users.drop({ name: 'h', secret, deadline: Date.now() + msLeft }, name);
    return sent[0]?.writeConcern?.wtimeout;
  };
  expect(await waited(60_000)).toBe(5000);
  expect(await waited(9000)).toBeLessThanOrEqual(3000);
  expect(await waited(9000)).toBeGreaterThan(2500);
});
