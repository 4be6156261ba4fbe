import { createServer } from 'node:net';
import { useMongod } from 'embedded-mongod/testing';
import { adminRoleName } from '../../../../client/admin/hosts/admin-role';
import { checkHost, checkRegisteredHost, type HostReport } from '../../../../client/admin/hosts/check-host';
import type { Checked } from '../../../../client/admin/hosts/judge-host';
import { neededActions } from '../../../../client/admin/hosts/needed-actions';
import { SecretUnusable } from '../../../../shared/contract/errors';
import { type Host, type Message, mongoServers } from '../../../../shared/mongo/mongo-servers';
import { useWeakAdmins } from '../../../support/weak-admins';

const servers = mongoServers();
const admins = useWeakAdmins(() => server);
const now = new Date('2026-11-24T08:00:00Z');
const reports: HostReport[] = [];
afterAll(async () => {
  // No report of any test tells the password.
  expect(reports.length).toBeGreaterThan(10);
  expect(JSON.stringify(reports).includes('hunter2')).toBe(false);
  await servers.close();
  await admins.close();
});
// After what is above, so that it still answers then.
const server = useMongod();

async function check(host: Host, databases: readonly string[] | 'any' = 'any', over = servers): Promise<HostReport> {
  const report = await checkHost(over, { host, databases }, now);
  reports.push(report);
  return report;
}
async function checked(...args: Parameters<typeof check>): Promise<Checked> {
  const report = await check(...args);
  if (report.state !== 'checked') throw new Error(JSON.stringify(report));
  return report;
}
const missing = ({ actions }: Checked) => actions.filter(({ held }) => held === 'no').map(({ action }) => action);
const all = neededActions.map(({ action }) => action);

test('a host is described: version, flavour, topology, TLS, and who mongogrant is there', async () => {
  const host = await admins.make(['root']);
  expect(await checked(host)).toMatchObject({
    verdict: 'ready',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    flavour: server.embedded ? 'embedded' : 'MongoDB',
    topology: { kind: 'standalone' },
    tls: false,
    admin: { user: host.secret.username, db: 'admin', roles: expect.arrayContaining([{ role: 'root', db: 'admin' }]) },
    notes: [expect.stringMatching(/TLS is off/)],
  });
});

test('root lacks nothing, so no role is printed', async () => {
  const report = await checked(await admins.make(['root']));
  expect([missing(report), report.role]).toEqual([[], undefined]);
  expect(report.actions.map(({ action, held }) => [action, held])).toEqual(all.map((action) => [action, 'yes']));
});

test('userAdminAnyDatabase can give and end grants, but neither sees nor ends sessions', async () => {
  const report = await checked(await admins.make(['userAdminAnyDatabase']));
  expect([report.verdict, missing(report)]).toEqual(['limited', ['inprog', 'killAnySession']]);
  expect(report.notes.join('\n')).toMatch(
    /No killAnySession: Sessions can't be ended: .*Every later command is refused/,
  );
  expect(report.role?.warnings).toHaveLength(1);
});

test('userAdmin of one database is enough for that one, and the report for any names it', async () => {
  const db = server.newDb();
  const host = await admins.make([{ role: 'userAdmin', db }]);
  const one = await checked(host, [db]);
  expect([one.verdict, missing(one)]).toEqual(['limited', ['inprog', 'killAnySession']]);
  const any = await checked(host);
  expect([any.verdict, missing(any)]).toEqual(['not_usable', all]);
  expect(any.actions.filter(({ on }) => 'db' in on).map(({ only }) => only)).toEqual(Array(8).fill([db]));
  const two = await checked(host, [db, 'other']);
  expect(two.verdict).toBe('not_usable');
  expect(two.actions.filter(({ held, on }) => held === 'no' && 'db' in on).map(({ on }) => on)).toEqual(
    Array(8).fill({ db: 'other', collection: '' }),
  );
  // A sentence says once what is missing in many places.
  expect(new Set(two.notes).size).toBe(two.notes.length);
});

test('where users live elsewhere, the rights over users are needed there and nowhere else', async () => {
  const [db, home] = [server.newDb(), server.newDb()];
  const host = await admins.make([{ role: 'userAdmin', db: home }], { usersDb: home });
  const report = await checked(host, [db]);
  expect([report.verdict, missing(report)]).toEqual([
    'not_usable',
    ['grantRole', 'revokeRole', 'inprog', 'killAnySession'],
  ]);
});

test('somebody who may only read and write can do nothing of it', async () => {
  const db = server.newDb();
  const report = await checked(await admins.make([{ role: 'readWrite', db }]), [db]);
  expect([report.verdict, missing(report)]).toEqual(['not_usable', all]);
  expect(report.role?.commands).toHaveLength(2);
});

test('a role that is there but lacks something is updated, not made again', async () => {
  const [old, db] = [server.newDb(), server.newDb()];
  const root = server.admin.db('admin');
  const host = await admins.make([]);
  const run = async (databases: string[]) => {
    const { role } = await checked(host, databases);
    for (const { db: of, command } of role?.commands ?? []) await server.admin.db(of).command(command);
    return Object.keys(role?.commands[0]?.command ?? {})[0];
  };
  expect([await run([old]), await run([old, db]), await run([old, db])]).toEqual([
    'createRole',
    'updateRole',
    undefined,
  ]);
  await root.command({ dropRole: adminRoleName.role });
});

test('the check only asks: no command changes anything, and nobody need have rights for it', async () => {
  const sent: string[] = [];
  const heard = {
    ...servers,
    command: (host: Host, db: string, command: Message) => {
      sent.push(`${db}.${Object.keys(command)[0]}`);
      return servers.command(host, db, command);
    },
  };
  expect((await checked(await admins.make([]), 'any', heard)).verdict).toBe('not_usable');
  expect(sent.sort()).toEqual([
    ...['admin.atlasVersion', 'admin.buildInfo', 'admin.connectionStatus', 'admin.hello', 'admin.listDatabases'],
  ]);
});

const freePort = () =>
  new Promise<number>((resolve) => {
    const gone = createServer().listen(0, '127.0.0.1', () => {
      const address = gone.address();
      gone.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

test('a host that can’t be used is reported with the reason', async () => {
  const host = await admins.make(['root']);
  let count = 0;
  const other = (change: Partial<Host['secret']>): Host => ({
    name: `h${count++}`,
    secret: { ...host.secret, ...change },
  });
  const cases: [Partial<Host['secret']>, string, RegExp][] = [
    [{ port: await freePort() }, 'unreachable', /does not answer \(ECONNREFUSED\)/],
    [
      { host: 'nowhere.invalid' },
      'unreachable',
      /no address is known for the name nowhere\.invalid:\d+ \((ENOTFOUND|EAI_AGAIN)\)/,
    ],
    [{ replicaSet: 'rs0' }, 'unreachable', /does not answer/],
    [{ password: 'hunter21' }, 'login_refused', /refuses mongogrant's login/],
    [{ authSource: 'elsewhere' }, 'login_refused', /authSource/],
    [{ uri: 'http://boss:hunter2@h/' }, 'bad_secret', /no usable uri\./],
    [{ uri: 'mongodb://boss:hunter2@h:hunter2/' }, 'bad_secret', /no usable uri\./],
    [{ uri: 'mongodb://h/?tls=hunter2' }, 'bad_secret', /no usable uri\./],
    [{ uri: 'mongodb://h/?loadBalanced=true&replicaSet=hunter2' }, 'bad_secret', /no usable uri\./],
    [{ usersDb: 'local' }, 'bad_secret', /no usable usersDb/],
  ];
  const found = await Promise.all(cases.map(([change]) => check(other(change))));
  const expected = cases.map(([, reason, detail]) => {
    return { host: expect.any(String), state: 'unusable', reason, detail: expect.stringMatching(detail) };
  });
  expect(found).toEqual(expected);
});

test('a registered host is checked with its secret; one without a good secret is reported', async () => {
  const { secret } = await admins.make(['root']);
  const known: Record<string, Host['secret']> = { h: secret, going: { ...secret, retiredAt: 1_800_000_000 } };
  const secrets = {
    host: async (host: string) => {
      if (host === 'broken') throw new SecretUnusable('The secret of broken has no usable password');
      if (host === 'down') throw new Error('something else');
      return known[host];
    },
  };
  const report = async (host: string) => checkRegisteredHost({ secrets, servers }, { host, databases: 'any' }, now);
  expect(await report('h')).toMatchObject({ host: 'h', state: 'checked', verdict: 'ready' });
  expect(await report('going')).toMatchObject({ state: 'checked', retiredAt: 1_800_000_000 });
  expect(await report('nobody')).toEqual({ host: 'nobody', state: 'unknown_host' });
  const detail = 'The secret of broken has no usable password.';
  expect(await report('broken')).toEqual({ host: 'broken', state: 'unusable', reason: 'bad_secret', detail });
  await expect(report('down')).rejects.toThrow('something else');
});

test('a database that is never granted can’t be checked for', async () => {
  const host = await admins.make(['root']);
  await expect(check(host, ['admin'])).rejects.toThrow(RangeError);
});
