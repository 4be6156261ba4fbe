import { lookAlikes } from '../../../functions/rules/look-alikes';
import { hostSecrets } from '../../../shared/aws/host-secrets';
import { openStage, registerHost, type Stage } from '../../support/stage';

const login = { host: '127.0.0.1', port: 1, username: 'mongoadmin', password: 'mongoadminpass' };
let stage: Stage;
let admin: string;
let lead: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  for (const host of ['mongodb03.lab.org', 'mongodb03.lab.org:27018', 'secret03.lab.org'])
    await registerHost(host, login);
  admin = await stage.tokenFor('admin@example.com');
  const hosts = ['mongodb03.lab.org', 'mongodb04.lab.org'];
  const body = { email: 'lead@lab.org', hosts, dbs: 'all', emails: ['@lab.org'], which: 'all' };
  await stage.ask('PUT', '/rulers', { token: admin, body });
  lead = await stage.tokenFor('lead@lab.org');
});
afterAll(() => stage.close());

const rule = { email: 'ada@lab.org', db: 'fw', role: 'read', which: 'allow' };
const set = async (host: string, { token = admin, dryRun = false, more = {} } = {}) => {
  const body = { ...rule, host, ...more };
  const { status, json } = await stage.ask('PUT', `/rules${dryRun ? '?dryRun=true' : ''}`, { token, body });
  return [status, json.warnings];
};
const none = (host: string, alike: string) => [
  200,
  [`No host ${host} is registered, so rules for it have no effect yet. Registered hosts of a like name: ${alike}.`],
];

test('a rule for a host that is not registered is set, and warns with the hosts of a like name, before it is set, too', async () => {
  const warned = none('mongodb04.lab.org', 'mongodb03.lab.org');
  for (const dryRun of [true, false]) expect(await set('mongodb04.lab.org', { dryRun })).toEqual(warned);
  const { json } = await stage.ask('GET', '/rules?email=ada@lab.org', { token: admin });
  expect(json.rules).toMatchObject([{ host: 'mongodb04.lab.org' }]);
  expect(await set('mongodb04.lab.org', { more: { which: 'deny', db: 'other' } })).toEqual(warned);
  expect(await set('mongodb03')).toEqual(none('mongodb03', 'mongodb03.lab.org, mongodb03.lab.org:27018'));
  expect(await set('never.example.com')).toEqual([
    200,
    ['No host never.example.com is registered, so rules for it have no effect yet.'],
  ]);
});

test('a rule for a registered host, or for every host, warns of nothing', async () => {
  for (const host of ['mongodb03.lab.org', 'MONGODB03.lab.org:27017', '*'])
    expect([host, await set(host)]).toEqual([host, [200, undefined]]);
});

test('a rule for a host that is being removed warns of that, until the host is registered anew', async () => {
  await registerHost('old.lab.org', login);
  const hosts = hostSecrets('mongogrant');
  const stored = await hosts.read('old.lab.org');
  if (typeof stored === 'string') throw new Error(stored);
  await hosts.retire('old.lab.org', { ...stored.fields, retiredAt: 1 }, stored.version);
  expect(await set('old.lab.org')).toEqual([200, ['The host old.lab.org is retired: no new login begins there.']]);
  await hosts.put('old.lab.org', stored.fields);
  expect(await set('old.lab.org')).toEqual([200, undefined]);
});

test('a ruler reads only of hosts inside their scope', async () => {
  expect(await set('mongodb04.lab.org', { token: lead })).toEqual(none('mongodb04.lab.org', 'mongodb03.lab.org'));
  expect(await set('secret04.lab.org')).toEqual(none('secret04.lab.org', 'secret03.lab.org'));
  expect(await set('secret04.lab.org', { token: lead })).toEqual([403, undefined]);
});

test('a warning beside a contradiction', async () => {
  await set('gone.lab.org', { more: { which: 'deny' } });
  const [, warnings] = await set('gone.lab.org');
  expect(warnings).toEqual([
    expect.stringMatching(/^This contradicts/),
    'No host gone.lab.org is registered, so rules for it have no effect yet.',
  ]);
});

test('where Secrets Manager does not answer, the rule is set without a warning', async () => {
  stage.outside.before = (name) => {
    if (name.startsWith('hosts.')) throw new Error('ThrottlingException');
  };
  expect(await set('none.lab.org')).toEqual([200, undefined]);
  stage.outside.before = undefined;
  expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'warn', code: 'hosts_not_seen' }));
});

test('a host is seen without a look into its secret', async () => {
  stage.outside.calls.length = 0;
  await set('mongodb04.lab.org');
  expect(stage.outside.calls.filter((call) => /^(hosts|secrets)\./.test(call))).toEqual([
    'secrets.signingKeys',
    'hosts.stateOf',
    'hosts.names',
  ]);
});

test.each([
  [
    'mongodb04.lab.org',
    ['mongodb03.lab.org', 'mongodb3.lab.org', 'localhost'],
    ['mongodb03.lab.org', 'mongodb3.lab.org'],
  ],
  ['mongodb03', ['mongodb03.lab.org', 'db'], ['mongodb03.lab.org']],
  ['localhost:27020', ['localhost:27021', 'localhost', 'localhost:27020'], ['localhost', 'localhost:27021']],
  ['db', ['dc', 'h'], []],
  [
    'db1.lab.org',
    ['db5', 'db4', 'db3', 'db2', 'dx2'].map((one) => `${one}.lab.org`),
    ['db2.lab.org', 'db3.lab.org', 'db4.lab.org'],
  ],
  ['a.lab.org', ['b.lab.org'], []],
])('%s looks like %j: %j', (name, among, alike) => {
  expect(lookAlikes(name, among)).toEqual(alike);
});
