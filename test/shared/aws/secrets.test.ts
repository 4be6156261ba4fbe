import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../../local/loopback';
import { startSecretsManager } from '../../../local/secrets-manager';
import { awsSecrets } from '../../../shared/aws/secrets';
import type { SecretReader } from '../../../shared/aws/secrets-manager';
import { labCa } from '../../support/lab-ca';
import { openSecretsManager } from '../../support/local-secrets';
import { memorySecretVersions } from '../../support/memory-secret-versions';

let service: Listening;
let client: SecretsManagerClient;
let now = 0;
const login = { engine: 'mongo', host: 'h.lab.org', port: 27_020, username: 'root', password: 'hunter2' };

beforeEach(async () => {
  service = await openSecretsManager();
  client = new SecretsManagerClient();
  now = 1_000_000;
});
afterEach(async () => {
  client.destroy();
  await service.close();
});

const open = () => awsSecrets('lab', () => now);
const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const create = (name: string, value: unknown) =>
  client.send(new CreateSecretCommand({ Name: `lab/${name}`, SecretString: text(value) }));
const change = (name: string, value: unknown) =>
  client.send(new PutSecretValueCommand({ SecretId: `lab/${name}`, SecretString: text(value) }));

test('the login of a host, with the defaults of a plain one', async () => {
  await create('hosts/h.lab.org/27020', login);
  await create('hosts/plain', { host: 'plain', username: 'u', password: 'p' });
  const { engine: _, ...own } = login;
  expect(await open().host('h.lab.org:27020')).toEqual({ ...own, authSource: 'admin' });
  expect(await open().host('plain')).toEqual({
    host: 'plain',
    port: 27_017,
    username: 'u',
    password: 'p',
    authSource: 'admin',
  });
});

test('port and TLS may be written as text, as the console of AWS does', async () => {
  await create('hosts/h', { ...login, port: '27021', ssl: 'true', replicaSet: 'rs0', usersDb: 'admin', dbname: 'x' });
  expect(await open().host('h')).toMatchObject({ port: 27_021, ssl: true, replicaSet: 'rs0', usersDb: 'admin' });
});

test("a secret is read as AWS's console, Terraform and Windows write it", async () => {
  const plain = { host: 'h', username: 'u', password: 'p' };
  const read = { ...plain, port: 27_017, authSource: 'admin' };
  const console = { engine: 'mongo', dbClusterIdentifier: 'lab', dbInstanceIdentifier: 'lab-1' };
  const cases: [unknown, object][] = [
    [
      { ...plain, ...console, ssl: 'True', port: '27018', masterarn: 'arn:x' },
      { ssl: true, port: 27_018, masterarn: 'arn:x' },
    ],
    [
      { ...plain, ssl: 'False', port: ' 27018 ' },
      { ssl: false, port: 27_018 },
    ],
    [{ ...plain, ssl: ' TRUE' }, { ssl: true }],
    [{ ...plain, port: null, ssl: null, replicaSet: null, uri: null, usersDb: null, ca: null, masterarn: null }, {}],
    [{ ...plain, port: '', ssl: '', replicaSet: '', authSource: '', uri: '', usersDb: '', ca: '', publicUri: '' }, {}],
    [{ ...plain, host: ' h ', ca: 'RDS' }, { ca: 'rds' }],
    [{ ...plain, ca: `\uFEFF${labCa.ca.replaceAll('\n', '\r\n')}` }, { ca: labCa.ca }],
    [`\uFEFF${JSON.stringify(plain)}`, {}],
  ];
  for (const [index, [value, expected]] of cases.entries()) {
    await create(`hosts/h${index}`, value);
    expect(await open().host(`h${index}`)).toEqual({ ...read, ...expected });
  }
});

test('a key that Windows stored with a byte-order mark is read, too', async () => {
  await create('signing-key', `\uFEFF${JSON.stringify({ key: 'a'.repeat(64) })}`);
  expect(await open().signingKeys()).toEqual({ key: 'a'.repeat(64), older: [] });
});

test('a host that is not registered, or no longer, is none', async () => {
  expect(await open().host('h.lab.org')).toBeUndefined();
  await create('hosts/gone', login);
  await client.send(new DeleteSecretCommand({ SecretId: 'lab/hosts/gone', ForceDeleteWithoutRecovery: true }));
  expect(await open().host('gone')).toBeUndefined();
  await create('hosts/going', login);
  await client.send(new DeleteSecretCommand({ SecretId: 'lab/hosts/going', RecoveryWindowInDays: 7 }));
  expect(await open().host('going')).toBeUndefined();
});

test('a host that is registered a moment later is seen at once', async () => {
  const secrets = open();
  expect(await secrets.host('h')).toBeUndefined();
  await create('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});

test('what was read is kept for five minutes', async () => {
  const secrets = open();
  await create('hosts/h', login);
  await secrets.host('h');
  await change('hosts/h', { ...login, password: 'new' });
  const password = async () => (await secrets.host('h'))?.password;
  now += 300_000;
  expect(await password()).toBe('hunter2');
  now += 1;
  expect(await password()).toBe('new');
});

test('a secret is parsed again only if its text has changed, and then its old login is forgotten', async () => {
  await create('hosts/same.lab.org', login);
  const secrets = open();
  const first = await secrets.host('same.lab.org');
  now += 301_000;
  expect(await secrets.host('same.lab.org')).toBe(first);
  await change('hosts/same.lab.org', { ...login, password: 'hunter3' });
  now += 301_000;
  expect(await secrets.host('same.lab.org')).toEqual({ ...first, password: 'hunter3' });
});

test('a fresh look is taken at once, but not more often than every ten seconds', async () => {
  const secrets = open();
  await create('signing-key', { key: 'a'.repeat(64) });
  expect(await secrets.signingKeys()).toEqual({ key: 'a'.repeat(64), older: [] });
  await change('signing-key', { key: 'b'.repeat(64), older: ['a'.repeat(64)] });
  now += 10_000;
  expect((await secrets.signingKeys('fresh')).key).toBe('a'.repeat(64));
  now += 1;
  expect(await secrets.signingKeys('fresh')).toEqual({ key: 'b'.repeat(64), older: ['a'.repeat(64)] });
});

test('ten requests at once ask once', async () => {
  const asked = jest.spyOn(SecretsManagerClient.prototype, 'send');
  await create('hosts/h', login);
  asked.mockClear();
  const secrets = open();
  await Promise.all(Array.from({ length: 10 }, () => secrets.host('h')));
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});

test.each([
  ['no JSON', 'hunter2 {'],
  ['an empty text in JSON', '""'],
  ['a list', '["hunter2"]'],
  ['no password', { ...login, password: undefined, username: 'hunter2' }],
  ['a port that is none', { ...login, port: 'hunter2' }],
  ['TLS that is neither true nor false', { ...login, ssl: 'hunter2' }],
  ['a null in place of the password', { ...login, password: null, username: 'hunter2' }],
  ['a port out of range', { ...login, port: '70000', password: 'hunter2' }],
  ['no certificate', { ...login, ca: 'hunter2' }],
  ['a host with a path', { ...login, host: 'h/hunter2' }],
])('a secret that cannot be used, being %s, is an error that names it and does not tell it', async (_, value) => {
  await create('hosts/h', value);
  const attempt = open().host('h');
  await expect(attempt).rejects.toThrow(/secret.*\bh\b/);
  await expect(attempt).rejects.not.toThrow(/hunter2/);
});

test('a bad secret that is mended is read again at once', async () => {
  const secrets = open();
  await create('hosts/h', '{');
  await expect(secrets.host('h')).rejects.toThrow("The secret lab/hosts/h can't be read: it is no JSON");
  await change('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
  await change('hosts/h', { ...login, port: 'x' });
  now += 300_001;
  await expect(secrets.host('h')).rejects.toMatchObject({ host: 'h', message: 'The secret of h has no usable port' });
  await change('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});

test('without a signing key of 32 characters nothing is signed', async () => {
  await expect(open().signingKeys()).rejects.toThrow(/signing-key/);
  await create('signing-key', { key: 'short' });
  await expect(open().signingKeys()).rejects.toThrow('The secret of signing-key has no usable key');
});

/** Secrets, read from a Secrets Manager that can be away; it counts how often it is asked. */
function readerThatMayBeAway(values: Record<string, unknown>) {
  const state = { away: false as boolean | 'silent', reads: 0, values };
  const get: SecretReader['get'] = async (id, stage) => {
    state.reads += 1;
    if (state.away === 'silent') await new Promise(() => {});
    if (state.away) throw new Error('ThrottlingException');
    const value = stage ? undefined : state.values[id];
    return value === undefined ? 'missing' : { text: text(value), version: '1' };
  };
  return { state, secrets: awsSecrets('lab', () => now, { get }) };
}
const oldKeys = { key: 'a'.repeat(64), older: [] };
const newKeys = { key: 'b'.repeat(64), older: [] };

test('a key that cannot be read again goes on serving, however often a stranger has it looked for', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys, 'lab/link-key': oldKeys });
  await secrets.signingKeys();
  await secrets.linkKeys();
  state.away = true;
  now += 10_001;
  state.reads = 0;
  for (let asked = 0; asked < 50; asked++) expect(await secrets.signingKeys('fresh')).toEqual(oldKeys);
  expect(state.reads).toBe(1);
  now += 10_001;
  expect(await secrets.signingKeys('fresh')).toEqual(oldKeys);
  expect([await secrets.signingKeys(), state.reads]).toEqual([oldKeys, 2]);
  now += 300_000;
  expect([await secrets.signingKeys(), await secrets.linkKeys(), state.reads]).toEqual([oldKeys, oldKeys, 4]);
  expect([await secrets.signingKeys(), await secrets.linkKeys(), state.reads]).toEqual([oldKeys, oldKeys, 4]);
});

test('a withdrawn key serves as long as none can be read, and no longer than fifteen minutes', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys });
  await secrets.signingKeys();
  state.away = true;
  state.values['lab/signing-key'] = newKeys;
  now += 900_000;
  expect(await secrets.signingKeys()).toEqual(oldKeys);
  now += 1;
  await expect(secrets.signingKeys()).rejects.toThrow("The secret lab/signing-key can't be read");
  state.away = false;
  expect(await secrets.signingKeys()).toEqual(newKeys);
});

test('a key that can be read again is the one that counts, at the first request ten seconds later', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys });
  await secrets.signingKeys();
  state.away = true;
  now += 300_001;
  await secrets.signingKeys();
  state.away = false;
  state.values['lab/signing-key'] = newKeys;
  now += 10_001;
  expect(await secrets.signingKeys()).toEqual(newKeys);
});

test('a key that was deleted serves no longer', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys });
  await secrets.signingKeys();
  state.values = {};
  now += 300_001;
  await expect(secrets.signingKeys()).rejects.toThrow('There is no secret signing-key');
});

test('a Secrets Manager that says nothing is given up, where a kept key serves', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys });
  await secrets.signingKeys();
  state.away = 'silent';
  now += 300_001;
  expect(await secrets.signingKeys()).toEqual(oldKeys);
});

test('a login of a host that cannot be looked for again goes on serving for its five minutes', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/hosts/h': login });
  const known = await secrets.host('h');
  if (!known) throw new Error('There is a host');
  state.away = true;
  await expect(secrets.otherLogin('h', known)).rejects.toThrow();
  expect(await secrets.host('h')).toEqual(known);
  now += 10_001;
  expect(await secrets.host('h', 'fresh')).toEqual(known);
  now += 289_999;
  expect(await secrets.host('h')).toEqual(known);
  now += 1;
  await expect(secrets.host('h')).rejects.toThrow("The secret lab/hosts/h can't be read");
});

test('of two who look for a new key at once, the second waits for the look of the first', async () => {
  const { state, secrets } = readerThatMayBeAway({ 'lab/signing-key': oldKeys });
  await secrets.signingKeys();
  state.values['lab/signing-key'] = newKeys;
  now += 10_001;
  const found = await Promise.all([secrets.signingKeys('fresh'), secrets.signingKeys('fresh')]);
  expect([...found, state.reads]).toEqual([newKeys, newKeys, 2]);
});

test('a service that does not answer is an error, and is asked again next time', async () => {
  const secrets = open();
  await create('hosts/h', login);
  const port = service.port;
  await service.close();
  await expect(secrets.host('h')).rejects.toThrow(/can't be read/);
  service = await startSecretsManager({ port });
  await create('hosts/h', login);
  expect(await secrets.host('h')).toMatchObject({ username: 'root' });
});

/** A password that a rotation has given to the server, before it is the current one. */
async function setBeside(name: string, value: unknown) {
  const put = { SecretId: `lab/${name}`, SecretString: text(value), VersionStages: ['AWSPENDING'] };
  const { VersionId } = await client.send(new PutSecretValueCommand(put));
  const move = { SecretId: `lab/${name}`, VersionStage: 'mongogrant-set', MoveToVersionId: VersionId };
  await client.send(new UpdateSecretVersionStageCommand(move));
}
/** What is asked of Secrets Manager meanwhile. */
async function counted<T>(run: () => Promise<T>): Promise<[T, number]> {
  const asked = jest.spyOn(SecretsManagerClient.prototype, 'send');
  const result = await run();
  const { length } = asked.mock.calls;
  asked.mockRestore();
  return [result, length];
}
async function warm(secrets = open()) {
  await create('hosts/h', { ...login, ssl: true });
  const refused = await secrets.host('h');
  if (!refused) throw new Error('There is a host');
  return { secrets, refused, other: () => secrets.otherLogin('h', refused) };
}

test('a login that is refused moments after it was read is read again at once: a rotation may be that recent', async () => {
  const { secrets, other } = await warm();
  await change('hosts/h', { ...login, ssl: true, password: 'new' });
  const [found, reads] = await counted(other);
  expect([found?.password, reads]).toEqual(['new', 1]);
  expect((await secrets.host('h'))?.password).toBe('new');
});

test('of twenty refusals at once one looks again, and a later one takes what is kept by then', async () => {
  const { other } = await warm();
  await change('hosts/h', { ...login, ssl: true, password: 'new' });
  const [found, reads] = await counted(() => Promise.all(Array.from({ length: 20 }, other)));
  expect(found.map((one) => one?.password)).toEqual(Array(20).fill('new'));
  expect(reads).toBe(1);
  expect((await counted(other))[1]).toBe(0);
});

test('while a rotation is under way the password that the server has already is found beside the current one', async () => {
  const { secrets, other } = await warm();
  await setBeside('hosts/h', { ...login, ssl: true, password: 'next' });
  const [found, reads] = await counted(() => Promise.all(Array.from({ length: 20 }, other)));
  expect(new Set(found.map((one) => one?.password))).toEqual(new Set(['next']));
  expect(reads).toBe(2);
  expect((await secrets.host('h'))?.password).toBe('next');
});

test('a rotation that comes to its end between two looks is found', async () => {
  const text = (password: string) => JSON.stringify({ ...login, password });
  const labels = new Map([
    ['AWSCURRENT', 'first'],
    ['mongogrant-set', 'next'],
  ]);
  const values = new Map([
    ['first', text('hunter2')],
    ['next', text('next')],
  ]);
  const versions = memorySecretVersions({ id: 'lab/hosts/h', values, labels });
  let looks = 0;
  const get: SecretReader['get'] = async (...asked) => {
    const value = await versions.get(...asked);
    if (++looks === 2) {
      labels.set('AWSCURRENT', 'next');
      labels.delete('mongogrant-set');
    }
    return value;
  };
  const secrets = awsSecrets('lab', () => now, { get });
  const refused = await secrets.host('h');
  expect(refused && (await secrets.otherLogin('h', refused))).toMatchObject({ password: 'next' });
});

test.each([
  ['another server', { password: 'p', host: 'elsewhere.lab.org' }],
  ['another user', { password: 'p', username: 'somebody' }],
  ['no TLS', { password: 'p', ssl: false }],
  ['the same password', {}],
])('a version of an earlier rotation that names %s is not followed', async (_, change) => {
  const { refused, other } = await warm();
  await setBeside('hosts/h', { ...login, ssl: true, ...change });
  expect(await other()).toBeUndefined();
  expect(await open().host('h')).toEqual(refused);
});

test('a host that is retired while its password changes has the new password, and stays retired', async () => {
  const { secrets, other } = await warm();
  await change('hosts/h', { ...login, ssl: true, retiredAt: 7 });
  await setBeside('hosts/h', { ...login, ssl: true, password: 'next' });
  expect(await other()).toMatchObject({ password: 'next', retiredAt: 7 });
  expect(await secrets.host('h')).toMatchObject({ password: 'next', retiredAt: 7 });
});

test('a password that is simply wrong costs one look in ten seconds, however many are refused', async () => {
  const { other } = await warm();
  const storm = async () => (await counted(() => Promise.all(Array.from({ length: 50 }, other))))[1];
  expect(await storm()).toBe(3);
  now += 10_000;
  expect(await storm()).toBe(0);
  now += 1;
  expect(await storm()).toBe(3);
  await change('hosts/h', { ...login, ssl: true, password: 'mended' });
  now += 10_001;
  expect((await other())?.password).toBe('mended');
});

test('a look that fails is taken again, and a host that is gone has no other login', async () => {
  const { other } = await warm();
  await change('hosts/h', '{');
  await expect(other()).rejects.toThrow("can't be read");
  await change('hosts/h', { ...login, ssl: true, password: 'new' });
  expect((await other())?.password).toBe('new');
  await client.send(new DeleteSecretCommand({ SecretId: 'lab/hosts/h', ForceDeleteWithoutRecovery: true }));
  expect(await open().otherLogin('h', { ...login, authSource: 'admin' })).toBeUndefined();
});
