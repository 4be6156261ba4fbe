import { createServer } from 'node:net';
import { HostRefused, SecretUnusable } from '../../../shared/errors';
import { adminRoleName } from '../../../shared/hosts/admin-role';
import { checkHost, checkRegisteredHost, type HostReport } from '../../../shared/hosts/check-host';
import type { Checked } from '../../../shared/hosts/judge-host';
import { neededActions } from '../../../shared/hosts/needed-actions';
import { type Host, type Message, mongoServers } from '../../../shared/mongo-servers';
import { useMongod } from '../../support/mongod';
import { useWeakAdmins } from '../../support/weak-admins';

const servers = mongoServers();
const admins = useWeakAdmins(() => server);
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
  const report = await checkHost(over, host, databases);
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
  expect(sent.sort()).toEqual(['admin.atlasVersion', 'admin.buildInfo', 'admin.connectionStatus', 'admin.hello']);
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
    [{ replicaSet: 'rs0' }, 'unreachable', /does not answer/],
    [{ password: 'hunter21' }, 'login_refused', /refuses mongogrant's login/],
    [{ authSource: 'elsewhere' }, 'login_refused', /authSource/],
    [{ uri: 'http://boss:hunter2@h/' }, 'bad_secret', /no usable address/],
    [{ uri: 'mongodb://boss:hunter2@h:hunter2/' }, 'bad_secret', /no usable address/],
    [{ uri: 'mongodb://h/?tls=hunter2' }, 'bad_secret', /no usable address/],
    [{ uri: 'mongodb://h/?loadBalanced=true&replicaSet=hunter2' }, 'bad_secret', /no usable address/],
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
  const report = async (host: string) => checkRegisteredHost({ secrets, servers }, host, 'any');
  expect(await report('h')).toMatchObject({ host: 'h', state: 'checked', verdict: 'ready' });
  expect(await report('going')).toMatchObject({ state: 'checked', retiredAt: 1_800_000_000 });
  expect(await report('nobody')).toEqual({ host: 'nobody', state: 'unknown_host' });
  const detail = 'The secret of broken has no usable password.';
  expect(await report('broken')).toEqual({ host: 'broken', state: 'unusable', reason: 'bad_secret', detail });
  await expect(report('down')).rejects.toThrow('something else');
});

/** Servers that can't be had here: only what they say is made up. `undefined`: they refuse the command. */
function saying(replies: Record<string, Message | undefined>) {
  const command = async ({ name }: Host, _db: string, asked: Message): Promise<Message> => {
    const reply = replies[Object.keys(asked)[0] ?? ''];
    if (reply) return reply;
    throw new HostRefused(name);
  };
  return { command, tryLogin: async () => [], close: async () => {} };
}
const status = (roles: string[], privileges?: unknown[]) => ({
  authInfo: {
    authenticatedUsers: [{ user: 'boss', db: 'admin' }],
    authenticatedUserRoles: roles.map((role) => ({ role, db: 'admin' })),
    ...(privileges && { authenticatedUserPrivileges: privileges }),
  },
});
const real = { version: '7.0.14', gitVersion: '0'.repeat(40), storageEngines: ['wiredTiger'] };
const everything = [{ resource: { anyResource: true }, actions: ['anyAction'] }];
const hostAt = (change: Partial<Host['secret']>): Host => ({
  name: 'h.lab.org',
  secret: { host: 'h.lab.org', port: 27_017, username: 'boss', password: 'hunter2', authSource: 'admin', ...change },
});

test('Atlas is named plainly as a host where no users can be made, whatever its privileges look like', async () => {
  const host = hostAt({ uri: 'mongodb+srv://lab.abcde.mongodb.net/' });
  const replies = {
    hello: { setName: 'atlas-1' },
    buildInfo: real,
    connectionStatus: status(['atlasAdmin'], everything),
  };
  const report = await checked(host, 'any', saying(replies));
  expect(report).toMatchObject({
    flavour: 'Atlas',
    verdict: 'not_usable',
    tls: true,
    topology: { kind: 'replica_set', name: 'atlas-1' },
  });
  expect(report.notes).toEqual([expect.stringMatching(/^Atlas .* can't make users here/)]);
  const hidden = saying({ ...replies, atlasVersion: { atlasVersion: '20261101' }, connectionStatus: status([], []) });
  expect(await checked(hostAt({ ssl: true }), 'any', hidden)).toMatchObject({ flavour: 'Atlas' });
  expect(await checked(hostAt({ ssl: true }), 'any', hidden)).not.toHaveProperty('role');
});

test('DocumentDB is told to keep its users in admin, and can’t bar addresses', async () => {
  const replies = {
    hello: { setName: 'rs0', me: 'x.c1.eu-central-1.docdb.amazonaws.com:27017' },
    buildInfo: { version: '5.0.0' },
  };
  const server = saying({ ...replies, connectionStatus: status(['root'], everything) });
  const report = await checked(hostAt({ ssl: true }), 'any', server);
  expect(report).toMatchObject({ flavour: 'DocumentDB', verdict: 'not_usable', version: '5.0.0' });
  expect([missing(report), report.role]).toEqual([['setAuthenticationRestriction'], undefined]);
  expect(report.notes).toEqual([
    expect.stringMatching(/usersDb to "admin"/),
    expect.stringMatching(/^No setAuthenticationRestriction: Rules with cidrs can't be served/),
  ]);
  const mended = await checked(hostAt({ ssl: true, usersDb: 'admin' }), 'any', server);
  expect([mended.verdict, mended.notes.length]).toEqual(['limited', 1]);
});

const untold: [string, Message | undefined, Message][] = [
  ['refuses to say who is logged in', undefined, real],
  ['leaves the privileges out', status(['root']), real],
  ['answers in another shape', { authInfo: 'boss' }, real],
  ['is an imitation that lists nothing for the roles that it names', status(['root'], []), { version: '7.0.0' }],
  ['lists what can’t be read', status(['root'], ['everything']), real],
];
test.each(untold)(
  'what a server does not tell is unknown, not guessed: one that %s',
  async (_, connectionStatus, buildInfo) => {
    const report = await checked(hostAt({ ssl: true }), 'any', saying({ hello: {}, buildInfo, connectionStatus }));
    expect(report).toMatchObject({ verdict: 'unknown', admin: { user: 'boss', db: 'admin' }, notes: [] });
    expect(report.actions.map(({ held }) => held)).toEqual(all.map(() => 'unknown'));
    expect(report).not.toHaveProperty('role');
  },
);

test('a server that says nothing at all but ok is still reported', async () => {
  const replies = saying({ hello: undefined, buildInfo: undefined, connectionStatus: undefined });
  expect(await checked(hostAt({}), ['fw'], replies)).toMatchObject({
    verdict: 'unknown',
    version: undefined,
    flavour: 'unknown',
    topology: { kind: 'unknown' },
  });
});

test('a database that is never granted can’t be checked for', async () => {
  const host = await admins.make(['root']);
  await expect(check(host, ['admin'])).rejects.toThrow(RangeError);
});

test('a role that is there keeps what it gives, and a note says where something is missing', async () => {
  const role = { role: 'mongograntAdmin', db: 'admin' };
  const actions = neededActions.filter(({ where }) => where !== 'cluster').map(({ action }) => action);
  const shown = [
    { resource: { db: 'fw_a', collection: '' }, actions },
    { resource: { cluster: true }, actions: ['inprog', 'killAnySession'] },
  ];
  const connectionStatus = {
    authInfo: {
      authenticatedUsers: [{ user: 'boss', db: 'admin' }],
      authenticatedUserRoles: [role],
      authenticatedUserPrivileges: shown,
    },
  };
  const report = await checked(
    hostAt({ ssl: true }),
    ['fw_a', 'fw_b'],
    saying({ hello: {}, buildInfo: real, connectionStatus }),
  );
  expect(report.notes).toContainEqual(expect.stringMatching(/^No createUser on fw_b: /));
  const alone = await checked(
    hostAt({ ssl: true }),
    ['fw_b'],
    saying({ hello: {}, buildInfo: real, connectionStatus }),
  );
  const [update] = alone.role?.commands ?? [];
  expect(update?.command).toMatchObject({ updateRole: 'mongograntAdmin' });
  expect(alone.role?.privileges.map(({ resource }) => ('db' in resource ? resource.db : 'cluster'))).toEqual([
    'fw_b',
    'fw_a',
    'cluster',
  ]);
});
