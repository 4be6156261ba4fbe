import { useMongod } from 'embedded-mongod/testing';
import type { HostSecret } from '../../../shared/aws/secrets';
import { lockAndDrop } from '../../../shared/grants/remove-user';
import { followRotations } from '../../../shared/mongo/follow-rotations';
import { type Host, mongoServers } from '../../../shared/mongo/mongo-servers';
import { mongoUsers } from '../../../shared/mongo/mongo-users';
import { startServer } from '../../support/start-server';

const raw = mongoServers();
const username = `boss_${process.pid}`;
afterAll(async () => {
  await raw.close();
  await server.admin.db('admin').command({ dropUser: username });
});
const server = useMongod();
const log = { info() {}, warn() {}, error() {} };
const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '2027-01-01T00:00:00.000Z', stack: 'lab' };
let secret: HostSecret;
beforeAll(async () => {
  secret = { host: server.host, port: server.port, username, password: 'p0', authSource: 'admin' };
  await server.admin.db('admin').command({ createUser: username, pwd: 'p0', roles: ['root'] });
});

/** Makes and ends a user as a process that goes by this secret; hands back the proof. */
async function proofBy(host: Host, rotated?: HostSecret) {
  const users = mongoUsers(followRotations(raw, { otherLogin: async () => rotated }));
  const db = server.newDb();
  const roles = [{ role: 'read', db }];
  await users.create(host, { user: 'ada', db, password: 'handed out', roles, tag, cidrs: [] });
  const removal = await lockAndDrop({ users, log }, host, {
    doomed: { user: 'ada', db, grant: 'g1', roles },
    at: 1,
    ifLate: 'drop',
  });
  return removal.state === 'removed' ? removal.proof : removal;
}

test('a proof names the member, which knows no such user and refused the login', async () => {
  const member = `${server.host}:${server.port}`;
  expect(await proofBy({ name: 'h', secret })).toMatchObject({
    ...{ unknownTo: [member], refusedBy: [member], notAsked: [], leftOut: [] },
  });
});

test('a host that leads to another server since is asked there, and nowhere else', async () => {
  const other = await startServer({ admin: { username: 'boss', password: 'p2' } });
  const moved = { ...secret, port: other.port, username: 'boss', password: 'p2' };
  // Warm: the members of the first one are known.
  await raw.command({ name: 'h', secret }, 'admin', { ping: 1 });
  const refused = { ...secret, password: 'no longer' };
  const member = `${server.host}:${other.port}`;
  expect(await proofBy({ name: 'moved', secret: refused }, moved)).toMatchObject({
    ...{ unknownTo: [member], refusedBy: [member], notAsked: [], leftOut: [] },
  });
  await other.close();
});

test('the admin password may be rotated at any moment before: the proof is as whole', async () => {
  await server.admin.db('admin').command({ updateUser: username, pwd: 'p1' });
  const rotated = { ...secret, password: 'p1' };
  const member = `${server.host}:${server.port}`;
  // A process that begins with the old secret, and has met nobody yet.
  for (let time = 0; time < 3; time++)
    expect(await proofBy({ name: `h${time}`, secret }, rotated)).toMatchObject({
      ...{ unknownTo: [member], refusedBy: [member], notAsked: [], leftOut: [] },
    });
});
