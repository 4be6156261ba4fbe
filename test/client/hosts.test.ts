import { useMongod } from 'embedded-mongod/testing';
import { checkHost } from '../../client/admin/hosts/check-host';
import { renderCheck } from '../../client/admin/hosts/render-check';
import { mongoServers } from '../../shared/mongo/mongo-servers';

const server = useMongod();
const servers = mongoServers();
afterAll(() => servers.close());

async function check(roles: string[], databases: string[]): Promise<string> {
  const user = `mongogrant${roles.length}`;
  await server.admin.db('admin').command({ createUser: user, pwd: 'hunter22', roles });
  const secret = { host: server.host, port: server.port, username: user, password: 'hunter22', authSource: 'admin' };
  const text = renderCheck(await checkHost(servers, { host: { name: 'h.lab.org', secret }, databases }, new Date()));
  await server.admin.db('admin').command({ dropUser: user });
  expect(text).not.toContain('hunter22');
  return text;
}

test('a host that can do all says so, action by action', async () => {
  const text = await check(['root'], ['fw']);
  expect(text).toMatch(/^h\.lab\.org is ready: /);
  expect(text).toMatch(/logged in as mongogrant1@admin\.\n\n\+ createUser on fw\n/);
  expect(text).toContain('+ killAnySession on the cluster');
  expect(text).not.toContain('mongosh');
});

test('a host that lacks something says what it costs, and ends with what to paste', async () => {
  const text = await check([], ['fw']);
  expect(text).toMatch(/^h\.lab\.org is not usable: /);
  expect(text).toContain('- createUser on fw');
  expect(text).toContain('No dropUser: No grant can be ended');
  expect(text).toMatch(/as somebody with the role root:\n\ndb\.getSiblingDB\("admin"\)\.runCommand\(\{"createRole"/);
});

test('what is not registered, or does not let us in, is said in one sentence', () => {
  expect(renderCheck({ host: 'h', state: 'unknown_host' })).toBe('h is not registered. Add it: mgrant hosts add h');
  expect(renderCheck({ host: 'h', state: 'unusable', reason: 'unreachable', detail: 'Why.' })).toBe('Why.');
});
