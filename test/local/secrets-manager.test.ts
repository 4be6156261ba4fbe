import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../local/loopback';
import { startSecretsManager } from '../../local/secrets-manager';

let server: Listening;
let client: SecretsManagerClient;
let clock = Date.parse('2026-11-24T08:00:00Z');
const day = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
const file = join(folder, 'secrets.json');

const clientOf = (port: number) =>
  new SecretsManagerClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

async function start() {
  server = await startSecretsManager({
    port: 0,
    file,
    clock: () => clock,
  });
  client = clientOf(server.port);
}

async function stop() {
  client.destroy();
  await server.close();
}

beforeAll(async () => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await start();
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true });
});

let count = 0;
const newName = () => `mongogrant/test/${++count}`;
const token = (letter: string) => letter.repeat(32);
const create = (Name: string, SecretString?: string, ClientRequestToken?: string) =>
  client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken }));
const put = (SecretId: string, SecretString: string, more = {}) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }));
const get = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));
const describe_ = (SecretId: string) => client.send(new DescribeSecretCommand({ SecretId }));

/** The type, the words and the HTTP status of a refusal. */
async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error) || !('$metadata' in error)) throw new Error(`Expected a refusal, got ${error}`);
  return { error, name: error.name, message: error.message, metadata: error.$metadata };
}

test('a secret is created once and read by name, by ARN and by ARN without its random end', async () => {
  const name = newName();
  const { ARN = '', VersionId } = await create(name, 'one');
  expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:\\d{12}:secret:${name}-[A-Za-z0-9]{6}$`));
  for (const id of [name, ARN, ARN.slice(0, -7)]) {
    expect(await get(id)).toMatchObject({
      ARN,
      Name: name,
      VersionId,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(clock),
    });
  }
  const { error, message, metadata } = await refusal(create(name, 'two'));
  expect(error).toBeInstanceOf(ResourceExistsException);
  expect(message).toBe(`The operation failed because the secret ${name} already exists.`);
  expect(metadata).toMatchObject({ httpStatusCode: 400 });
  expect((await get(name)).SecretString).toBe('one');
});

test('binary values come back as bytes', async () => {
  const name = newName();
  await client.send(new CreateSecretCommand({ Name: name, SecretBinary: new Uint8Array([0, 255, 7]) }));
  const { SecretBinary, SecretString } = await get(name);
  expect([...(SecretBinary ?? [])]).toEqual([0, 255, 7]);
  expect(SecretString).toBeUndefined();
});

test('an unknown secret, version or label is not found', async () => {
  const name = newName();
  const missing = await refusal(get(name));
  expect(missing.error).toBeInstanceOf(ResourceNotFoundException);
  expect(missing.message).toBe("Secrets Manager can't find the specified secret.");
  await create(name);
  const empty = await refusal(get(name));
  expect(empty.error).toBeInstanceOf(ResourceNotFoundException);
  expect(empty.message).toContain('staging label: AWSCURRENT');
  await put(name, 'one');
  for (const which of [{ VersionId: token('z') }, { VersionStage: 'AWSPENDING' }]) {
    expect((await refusal(get(name, which))).error).toBeInstanceOf(ResourceNotFoundException);
  }
});

test('a new value becomes current, the one before it previous, the one before that nothing', async () => {
  const name = newName();
  await create(name, 'one', token('1'));
  await put(name, 'two', { ClientRequestToken: token('2') });
  expect(await get(name)).toMatchObject({ SecretString: 'two', VersionId: token('2') });
  expect(await get(name, { VersionStage: 'AWSPREVIOUS' })).toMatchObject({
    SecretString: 'one',
    VersionId: token('1'),
  });
  await client.send(
    new UpdateSecretCommand({
      SecretId: name,
      SecretString: 'three',
      ClientRequestToken: token('3'),
      Description: 'third',
    }),
  );
  const { VersionIdsToStages, Description } = await describe_(name);
  expect(VersionIdsToStages).toEqual({ [token('3')]: ['AWSCURRENT'], [token('2')]: ['AWSPREVIOUS'] });
  expect(Description).toBe('third');
  expect(await get(name, { VersionId: token('1') })).toMatchObject({ SecretString: 'one', VersionStages: [] });
  const mixed = await refusal(get(name, { VersionId: token('1'), VersionStage: 'AWSCURRENT' }));
  expect(mixed.error).toBeInstanceOf(InvalidRequestException);
});

test('the same token with the same value is one version, with another value a conflict', async () => {
  const name = newName();
  await create(name, 'one', token('1'));
  expect(await create(name, 'one', token('1'))).toMatchObject({ VersionId: token('1') });
  await put(name, 'two', { ClientRequestToken: token('2') });
  await put(name, 'two', { ClientRequestToken: token('2') });
  expect((await refusal(put(name, 'other', { ClientRequestToken: token('2') }))).error).toBeInstanceOf(
    ResourceExistsException,
  );
  expect((await describe_(name)).VersionIdsToStages).toEqual({
    [token('2')]: ['AWSCURRENT'],
    [token('1')]: ['AWSPREVIOUS'],
  });
});

test('a rotation: pending beside current, then the labels move', async () => {
  const name = newName();
  await create(name, 'old', token('1'));
  await put(name, 'new', { ClientRequestToken: token('2'), VersionStages: ['AWSPENDING'] });
  expect((await get(name)).SecretString).toBe('old');
  const move = (more: object) =>
    client.send(new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: 'AWSCURRENT', ...more }));
  for (const wrong of [
    {},
    { MoveToVersionId: token('2') },
    { MoveToVersionId: token('2'), RemoveFromVersionId: token('2') },
    { RemoveFromVersionId: token('1') },
  ]) {
    expect((await refusal(move(wrong))).error).toBeInstanceOf(InvalidParameterException);
  }
  expect((await get(name)).SecretString).toBe('old');
  await move({ MoveToVersionId: token('2'), RemoveFromVersionId: token('1') });
  expect((await describe_(name)).VersionIdsToStages).toEqual({
    [token('2')]: ['AWSPENDING', 'AWSCURRENT'],
    [token('1')]: ['AWSPREVIOUS'],
  });
  await client.send(
    new UpdateSecretVersionStageCommand({
      SecretId: name,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: token('2'),
    }),
  );
  expect((await refusal(get(name, { VersionStage: 'AWSPENDING' }))).error).toBeInstanceOf(ResourceNotFoundException);
});

test('a deleted secret can be restored inside its window, and is gone after it', async () => {
  const name = newName();
  await create(name, 'one');
  const remove = (more = {}) => client.send(new DeleteSecretCommand({ SecretId: name, ...more }));
  expect((await remove({ RecoveryWindowInDays: 7 })).DeletionDate).toEqual(new Date(clock + 7 * day));
  const marked = await refusal(get(name));
  expect(marked.error).toBeInstanceOf(InvalidRequestException);
  expect(marked.message).toBe("You can't perform this operation on the secret because it was marked for deletion.");
  for (const call of [put(name, 'two'), create(name, 'two'), remove()]) {
    expect((await refusal(call)).error).toBeInstanceOf(InvalidRequestException);
  }
  expect((await describe_(name)).DeletedDate).toEqual(new Date(clock + 7 * day));
  await client.send(new RestoreSecretCommand({ SecretId: name }));
  expect((await get(name)).SecretString).toBe('one');
  expect((await describe_(name)).DeletedDate).toBeUndefined();
  expect((await remove()).DeletionDate).toEqual(new Date(clock + 30 * day));
  clock += 30 * day;
  expect((await refusal(get(name))).error).toBeInstanceOf(ResourceNotFoundException);
  await create(name, 'again');
});

test('a forced deletion leaves nothing, and does not mind that nothing is there', async () => {
  const name = newName();
  await create(name, 'one');
  const force = () => client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
  await force();
  expect((await refusal(get(name))).error).toBeInstanceOf(ResourceNotFoundException);
  expect((await force()).Name).toBe(name);
  await create(name, 'two');
  expect((await get(name)).SecretString).toBe('two');
});

test('arguments that Secrets Manager refuses are refused', async () => {
  const name = newName();
  await create(name, 'one');
  const calls = [
    create('spaces are bad', 'x'),
    client.send(new CreateSecretCommand({ Name: newName(), SecretString: 'x', SecretBinary: new Uint8Array([1]) })),
    put(name, 'x', { ClientRequestToken: 'short' }),
    client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 3 })),
    client.send(new DeleteSecretCommand({ SecretId: name, RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true })),
    client.send(new ListSecretsCommand({ Filters: [{ Key: 'description', Values: ['x'] }] })),
  ];
  for (const call of calls) expect((await refusal(call)).error).toBeInstanceOf(InvalidParameterException);
  expect((await refusal(client.send(new PutSecretValueCommand({ SecretId: name })))).error).toBeInstanceOf(
    InvalidRequestException,
  );
  expect((await get(name)).SecretString).toBe('one');
});

test('secrets are listed by the beginning of their names, page by page', async () => {
  const names = ['a', 'b', 'c'].map((end) => `mongogrant/hosts/${end}`);
  for (const name of names) await create(name, 'x');
  await client.send(new DeleteSecretCommand({ SecretId: 'mongogrant/hosts/b' }));
  const list = (more = {}) =>
    client.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['mongogrant/hosts/'] }], SortOrder: 'asc', ...more }),
    );
  const first = await list({ MaxResults: 2, IncludePlannedDeletion: true });
  expect(first.SecretList?.map(({ Name }) => Name)).toEqual(['mongogrant/hosts/a', 'mongogrant/hosts/b']);
  const second = await list({ MaxResults: 2, IncludePlannedDeletion: true, NextToken: first.NextToken });
  expect(second.SecretList?.map(({ Name }) => Name)).toEqual(['mongogrant/hosts/c']);
  expect(second.NextToken).toBeUndefined();
  expect((await list()).SecretList?.map(({ Name }) => Name)).toEqual(['mongogrant/hosts/a', 'mongogrant/hosts/c']);
  expect(JSON.stringify(second)).not.toContain('SecretString');
  expect((await refusal(list({ NextToken: 'nonsense' }))).name).toBe('InvalidNextTokenException');
});

test('what is not spoken here is said so', async () => {
  const call = (target: string, body: string) =>
    fetch(`http://localhost:${server.port}/`, { method: 'POST', headers: { 'x-amz-target': target }, body });
  const unknown = await call('secretsmanager.GetRandomPassword', '{}');
  expect([unknown.status, await unknown.json()]).toMatchObject([400, { __type: 'UnknownOperationException' }]);
  const broken = await call('secretsmanager.GetSecretValue', '{');
  expect([broken.status, await broken.json()]).toMatchObject([400, { __type: 'SerializationException' }]);
});

test('secrets survive a restart, in a file for their owner only', async () => {
  const name = newName();
  await create(name, 'kept', token('1'));
  await put(name, 'newer', { ClientRequestToken: token('2') });
  await stop();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['secrets.json']);
  await start();
  expect((await get(name)).SecretString).toBe('newer');
  expect((await get(name, { VersionStage: 'AWSPREVIOUS' })).SecretString).toBe('kept');
});

test('a damaged file is named and left as it is', async () => {
  const damaged = join(folder, 'damaged.json');
  writeFileSync(damaged, '[{"name":');
  await expect(startSecretsManager({ port: 0, file: damaged })).rejects.toThrow(`DATA_DIR: ${damaged} is damaged`);
  expect(readFileSync(damaged, 'utf8')).toBe('[{"name":');
});
