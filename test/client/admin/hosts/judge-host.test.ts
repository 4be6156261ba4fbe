import { checkHost, type HostReport } from '../../../../client/admin/hosts/check-host';
import type { Checked } from '../../../../client/admin/hosts/judge-host';
import { neededActions } from '../../../../client/admin/hosts/needed-actions';
import { HostRefused } from '../../../../shared/contract/errors';
import type { Host, Message, MongoServers } from '../../../../shared/mongo/mongo-servers';

const now = new Date('2026-11-24T08:00:00Z');
const reports: HostReport[] = [];
afterAll(() => {
  // No report of any test tells the password.
  expect(reports.length).toBeGreaterThan(5);
  expect(JSON.stringify(reports).includes('hunter2')).toBe(false);
});

async function checked(
  host: Host,
  databases: readonly string[] | 'any',
  over: Pick<MongoServers, 'command'>,
): Promise<Checked> {
  const report = await checkHost(over, { host, databases }, now);
  reports.push(report);
  if (report.state !== 'checked') throw new Error(JSON.stringify(report));
  return report;
}
const missing = ({ actions }: Checked) => actions.filter(({ held }) => held === 'no').map(({ action }) => action);
const all = neededActions.map(({ action }) => action);

/** Servers that can't be had here: only what they say is made up. `undefined`: they refuse the command. */
function saying(replies: Record<string, Message | undefined>) {
  const command = async ({ name }: Host, _db: string, asked: Message): Promise<Message> => {
    const reply = replies[Object.keys(asked)[0] ?? ''];
    if (reply) return reply;
    throw new HostRefused(name);
  };
  return { command };
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

const boss = { host: 'h.lab.org', port: 27_017, username: 'boss', password: 'hunter2', authSource: 'admin' };
const well = { hello: {}, buildInfo: real, connectionStatus: status(['root'], everything) };

test('a server that answers whoever comes is no safe one, and says so in capitals', async () => {
  const asked: string[] = [];
  const { command, ...others } = saying({ ...well, listDatabases: { databases: [] } });
  const heard = {
    ...others,
    command: (host: Host, db: string, message: Message) => {
      if (host.secret.username === '' && host.secret.password === '') asked.push(Object.keys(message).join());
      return command(host, db, message);
    },
  };
  const report = await checked({ name: 'open.lab.org', secret: boss }, ['fw'], heard);
  expect([report.verdict, report.notes[0]]).toEqual(['limited', expect.stringMatching(/^ANYBODY WHO REACHES/)]);
  expect(asked).toEqual(['listDatabases,nameOnly']);
  expect((await checked({ name: 'shut.lab.org', secret: boss }, ['fw'], saying(well))).verdict).toBe('ready');
});

test('a set without a majority is not usable now', async () => {
  const lastWrite = { lastWriteDate: now, majorityWriteDate: new Date(now.getTime() - 60_000) };
  const report = await checked(
    { name: 'h', secret: boss },
    ['fw'],
    saying({ ...well, hello: { setName: 'rs0', lastWrite } }),
  );
  expect([report.verdict, report.notes[0]]).toEqual(['not_usable', expect.stringContaining('60 s behind')]);
});

test('a login that may not look for users everywhere is told so, and what it would take; with usersDb nothing is missed', async () => {
  const privileges = [
    { resource: { db: 'fw', collection: '' }, actions: all.filter((action) => !/inprog|killAny/.test(action)) },
    { resource: { cluster: true }, actions: ['inprog', 'killAnySession'] },
  ];
  const replies = { hello: {}, buildInfo: real, connectionStatus: status(['mongograntAdmin'], privileges) };
  const blind = expect.stringMatching(/^The daily comparison .* password hashes/);
  const report = await checked(hostAt({ ssl: true }), ['fw'], saying(replies));
  expect([report.verdict, report.notes]).toEqual(['ready', [blind]]);
  expect((await checked(hostAt({ ssl: true, usersDb: 'fw' }), ['fw'], saying(replies))).notes).toEqual([]);
  const sees = [...privileges, { resource: { cluster: true }, actions: ['viewUser'] }];
  const seeing = saying({ ...replies, connectionStatus: status(['mongograntAdmin'], sees) });
  expect((await checked(hostAt({ ssl: true }), ['fw'], seeing)).notes).toEqual([]);
});
