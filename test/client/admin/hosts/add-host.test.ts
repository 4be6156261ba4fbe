import { addHost } from '../../../../client/admin/hosts/add-host';
import { labCa } from '../../../support/lab-ca';
import { openRegistry, type Registry } from '../../../support/registry';
import { allItems } from '../../../support/stage';

let registry: Registry;
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(() => registry.close());

const given = { username: 'boss', password: 'hunter2' };
const fields = async (host: string) => {
  const stored = await registry.hosts.read(host);
  return typeof stored === 'object' ? stored.fields : stored;
};
const acts = async () =>
  (await registry.events()).map(({ act, reason, host }) => [act, reason, host].filter(Boolean).join(' '));

test('a host is registered in its one form, with its address taken from its name, and noted', async () => {
  expect(await registry.add({ host: 'MongoDB03.Lab.org:27020', secret: given })).toEqual({
    state: 'added',
    host: 'mongodb03.lab.org:27020',
  });
  expect(await fields('mongodb03.lab.org:27020')).toEqual({
    engine: 'mongo',
    host: 'mongodb03.lab.org',
    port: 27_020,
    ...given,
    authSource: 'admin',
  });
  expect(await registry.edges.secrets.host('mongodb03.lab.org:27020')).toMatchObject(given);
  expect(await registry.add({ host: 'plain.lab.org:27017', secret: given })).toMatchObject({ host: 'plain.lab.org' });
  expect(await fields('plain.lab.org')).toMatchObject({ host: 'plain.lab.org', port: 27_017 });
  const [event] = await registry.events();
  expect(event).toMatchObject({
    act: 'host_added',
    host: 'mongodb03.lab.org:27020',
    email: 'ops@lab.org',
    by: 'ops@lab.org',
    requestId: 'cli',
  });
});

test('a host that is there stays as it is, unless it is to be replaced', async () => {
  await registry.add({ host: 'h', secret: given });
  const refused = await registry.add({ host: 'h', secret: { ...given, password: 'other' } });
  expect(refused).toMatchObject({ state: 'refused', host: 'h', reason: 'host_exists' });
  expect(await fields('h')).toMatchObject(given);
  const secret = { ...given, password: 'other', usersDb: 'admin' };
  expect(await registry.add({ host: 'h', secret, replace: true })).toEqual({ state: 'changed', host: 'h' });
  expect(await fields('h')).toMatchObject(secret);
  expect(await acts()).toEqual(['host_added h', 'host_added h', 'host_refused host_exists h', 'host_changed h']);
});

test('replacing a host that is not there registers it', async () => {
  expect(await registry.add({ host: 'h', secret: given, replace: true })).toEqual({ state: 'added', host: 'h' });
  expect(await fields('h')).toMatchObject(given);
});

test.each([false, true])(
  'a host that was removed can be added again (replace: %s), with its new login',
  async (replace) => {
    await registry.add({ host: 'h', secret: { ...given, password: 'old' } });
    await registry.hosts.delete('h');
    expect(await fields('h')).toBe('deleted');
    expect(await registry.add({ host: 'h', secret: given, replace })).toEqual({ state: 'added', host: 'h' });
    expect(await fields('h')).toMatchObject(given);
  },
);

test('an add that was cut off after bringing back the old secret is finished by a replace', async () => {
  await registry.add({ host: 'h', secret: { ...given, password: 'old' } });
  await registry.hosts.delete('h');
  registry.outside.before = (call) => {
    if (call === 'hosts.put') throw new Error('cut off');
  };
  await expect(registry.add({ host: 'h', secret: given })).rejects.toThrow('cut off');
  registry.outside.before = undefined;
  expect(await registry.add({ host: 'h', secret: given })).toMatchObject({ reason: 'host_exists' });
  expect(await registry.add({ host: 'h', secret: given, replace: true })).toMatchObject({ state: 'changed' });
  expect(await fields('h')).toMatchObject(given);
});

test.each([
  '',
  'a b',
  '../signing-key',
  'h/1',
  'h:0',
  'h:27017:27017',
  'h:70000',
  '*',
  'a..b',
  'ä.org',
  'a,b',
  'mongodb://boss:hunter2@h/',
])('a name that is none is refused: %j', async (host) => {
  const before = await registry.hosts.list();
  const detail = 'This is no host name such as mongodb03.lab.org or localhost:27020.';
  expect(await registry.add({ host, secret: given })).toEqual({
    state: 'refused',
    host: '',
    reason: 'host_invalid',
    detail,
  });
  expect(await registry.hosts.list()).toEqual(before);
});

const bad: [string, unknown, string][] = [
  ['nothing', undefined, 'username, password'],
  ['text', 'hunter2', 'username, password'],
  ['a list', ['hunter2'], 'username, password, 0'],
  ['no password', { username: 'hunter2' }, 'password'],
  ['an empty password', { ...given, password: '' }, 'password'],
  ['a port that is none', { ...given, port: 'hunter2' }, 'port'],
  ['a port out of range', { ...given, port: 70_000 }, 'port'],
  ['TLS that is neither true nor false', { ...given, ssl: 'hunter2' }, 'ssl'],
  ['a field with a slip of the pen', { ...given, usersDB: 'admin' }, 'usersDB'],
  ['a database that is none', { ...given, usersDb: 'a b' }, 'usersDb'],
  ['another engine', { ...given, engine: 'postgres' }, 'engine'],
  ['an end that nobody decided', { ...given, retiredAt: 1 }, 'retiredAt'],
  ['an address that is none', { ...given, uri: 'http://boss:hunter2@h/' }, 'uri'],
];
test.each(bad)(
  'a secret is refused by the names of its bad fields, and nothing is written: %s',
  async (_, secret, names) => {
    const before = [await allItems(), await registry.hosts.list()];
    const refused = await registry.add({ host: 'h', secret });
    expect(refused).toMatchObject({ state: 'refused', host: 'h', reason: 'secret_invalid' });
    expect('detail' in refused && refused.detail).toBe(`The secret of h has no usable ${names}`);
    expect([await allItems(), await registry.hosts.list()]).toEqual(before);
  },
);

test('of ten who add a host at once one has added it, and its login is the one that counts', async () => {
  const added = await Promise.all(
    Array.from({ length: 10 }, (_, n) => registry.add({ host: 'h', secret: { ...given, password: `pw${n}` } })),
  );
  const [first, ...more] = added.flatMap(({ state }, n) => (state === 'added' ? [n] : []));
  expect(more).toEqual([]);
  expect(await fields('h')).toMatchObject({ password: `pw${first}` });
});

test('without a note in the audit log a host is not called registered', async () => {
  const table = { ...registry.edges.table, put: () => Promise.reject(new Error('no table')) };
  const actor = { by: 'ops@lab.org', source: { requestId: 'cli', ip: 'local' } };
  const attempt = addHost({ table, hosts: registry.hosts }, { ...actor, host: 'h', secret: given }, registry.clock.now);
  await expect(attempt).rejects.toThrow('no table');
});

test('no audit event holds a login', async () => {
  await registry.add({ host: 'h', secret: given });
  await registry.add({ host: 'h', secret: given });
  await registry.add({ host: 'h', secret: given, replace: true });
  const events = await registry.events();
  expect(events).toHaveLength(4);
  for (const secret of ['hunter2', 'boss']) expect(JSON.stringify(events)).not.toContain(secret);
});

test('authorities are read when they are given: what an admin should know is said, what is of no use is refused', async () => {
  const add = (host: string, secret: object) => registry.add({ host, secret: { ...given, ...secret } });
  expect(await add('a', { ca: `# ours\r\n${labCa.ca.replaceAll('\n', '\r\n')}` })).toEqual({
    state: 'added',
    host: 'a',
  });
  expect(await fields('a')).toMatchObject({ ca: labCa.ca });
  expect(await add('b', { ca: 'rds' })).toEqual({ state: 'added', host: 'b' });
  expect(await add('c', { ca: labCa.ca + labCa.expired })).toMatchObject({
    state: 'added',
    notes: [expect.stringContaining('has expired (2020-01-01)')],
  });
  expect(await add('d', { ca: labCa.leaf })).toMatchObject({
    notes: [expect.stringContaining('not that of an authority')],
  });
  for (const [secret, detail] of [
    [{ ca: 'hunter2' }, 'ca: it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)'],
    [{ ca: '-----BEGIN PRIVATE KEY-----' }, 'ca: it holds a private key'],
    [{ ca: labCa.ca, ssl: false }, 'ssl'],
    [{ publicUri: 'mongodb://boss:hunter2@gate.lab.org/' }, 'publicUri'],
    [{ publicUri: 'gate.lab.org' }, 'publicUri'],
  ] as const)
    expect(await add('e', secret)).toMatchObject({ detail: `The secret of e has no usable ${detail}` });
});

test("what AWS's tools write is taken, and what they keep there stays for as long as it is the same server", async () => {
  const aws = {
    engine: 'mongo',
    host: 'x.lab.org',
    port: '27018',
    ssl: 'True',
    dbClusterIdentifier: 'lab',
    masterarn: null,
  };
  await registry.add({ host: 'h', secret: { ...given, ...aws } });
  expect(await fields('h')).toMatchObject({ port: 27_018, ssl: true, dbClusterIdentifier: 'lab' });
  const stored = await registry.hosts.read('h');
  if (typeof stored !== 'object') throw new Error(stored);
  await registry.hosts.put('h', { ...stored.fields, theirs: 1, replicaSet: 'rs0' });
  await registry.add({ host: 'h', secret: { ...given, host: 'x.lab.org' }, replace: true });
  expect(await fields('h')).toEqual({
    ...given,
    ...{ engine: 'mongo', host: 'x.lab.org', port: 27_017, authSource: 'admin', dbClusterIdentifier: 'lab', theirs: 1 },
  });
  await registry.add({ host: 'h', secret: given, replace: true });
  expect(await fields('h')).not.toHaveProperty('theirs');
});
