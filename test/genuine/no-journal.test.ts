import { lockAndDrop } from '../../shared/grants/remove-user';
import { mongoUsers } from '../../shared/mongo/mongo-users';
import { type Genuine, startGenuine } from '../support/genuine/start-genuine';

let server: Genuine;
const users = mongoUsers();
beforeAll(async () => {
  server = await startGenuine({ flags: ['--nojournal'] });
}, 60_000);
afterAll(() => Promise.all([users.close(), server.close()]));

test('a server without a journal is not asked to wait for it a second time: users are made and ended there', async () => {
  const secret = { host: '127.0.0.1', port: server.port, ...server.admin, authSource: 'admin' };
  const host = { name: 'no-journal', secret };
  const roles = [{ role: 'read', db: 'a' }];
  const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '', stack: 'lab' };
  expect(await users.create(host, { user: 'ada', db: 'a', password: 'pw', roles, tag, cidrs: [] })).toBe('created');
  const log = { info() {}, warn() {}, error() {} };
  const removal = await lockAndDrop({ users, log }, host, {
    doomed: { user: 'ada', db: 'a', grant: 'g1', roles },
    at: 1,
    ifLate: 'drop',
  });
  expect(removal).toMatchObject({ state: 'removed', proof: { unknownTo: [server.address], leftOut: [] } });
});
