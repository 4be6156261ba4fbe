import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Listening } from '../../local/loopback';
import { type Rotation, startSecretsManager } from '../../local/secrets-manager';

let server: Listening;
let client: SecretsManagerClient;
const rotations: Rotation[] = [];

const clientOf = (port: number) =>
  new SecretsManagerClient({
    endpoint: `http://localhost:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });

beforeAll(async () => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  server = await startSecretsManager({ port: 0, rotate: (rotation) => void rotations.push(rotation) });
  client = clientOf(server.port);
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

let count = 0;
const newName = () => `mongogrant/test/${++count}`;
const token = (letter: string) => letter.repeat(32);
const create = (Name: string, SecretString: string, ClientRequestToken: string) =>
  client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken }));
const put = (SecretId: string, SecretString: string, more = {}) =>
  client.send(new PutSecretValueCommand({ SecretId, SecretString, ...more }));
const get = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));

async function refusal(call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error) return error;
  throw new Error(`Expected a refusal, got ${error}`);
}

test('a rotation makes a version without a value, which is given one under the same token', async () => {
  const name = newName();
  const { ARN } = await create(name, 'one', token('a'));
  const rotate = (more = {}) => client.send(new RotateSecretCommand({ SecretId: name, ...more }));
  expect(await refusal(rotate())).toBeInstanceOf(InvalidRequestException);
  expect(await rotate({ ClientRequestToken: token('b'), RotationLambdaARN: 'arn:lambda' })).toMatchObject({
    VersionId: token('b'),
  });
  expect(rotations.splice(0)).toEqual([{ SecretId: ARN, ClientRequestToken: token('b') }]);
  expect(await client.send(new DescribeSecretCommand({ SecretId: name }))).toMatchObject({
    RotationEnabled: true,
    VersionIdsToStages: { [token('a')]: ['AWSCURRENT'], [token('b')]: ['AWSPENDING'] },
  });
  expect(await refusal(get(name, { VersionStage: 'AWSPENDING' }))).toBeInstanceOf(ResourceNotFoundException);
  await put(name, 'two', { ClientRequestToken: token('b'), VersionStages: ['AWSPENDING'] });
  expect((await get(name, { VersionStage: 'AWSPENDING' })).SecretString).toBe('two');
  expect((await get(name)).SecretString).toBe('one');
  const other = put(name, 'three', { ClientRequestToken: token('b'), VersionStages: ['AWSPENDING'] });
  expect(await refusal(other)).toBeInstanceOf(ResourceExistsException);
});

test('no second rotation begins before the first is done; asked again with its token it goes on', async () => {
  const name = newName();
  await create(name, 'one', token('a'));
  const rotate = (ClientRequestToken: string) =>
    client.send(new RotateSecretCommand({ SecretId: name, ClientRequestToken, RotationLambdaARN: 'arn:lambda' }));
  await rotate(token('b'));
  await rotate(token('b'));
  const error = await refusal(rotate(token('c')));
  expect(error).toBeInstanceOf(InvalidRequestException);
  expect(error.message).toContain("previous rotation isn't complete");
  await put(name, 'two', { ClientRequestToken: token('b'), VersionStages: ['AWSPENDING'] });
  const move = { VersionStage: 'AWSCURRENT', MoveToVersionId: token('b'), RemoveFromVersionId: token('a') };
  await client.send(new UpdateSecretVersionStageCommand({ SecretId: name, ...move }));
  expect((await rotate(token('c'))).VersionId).toBe(token('c'));
});

test('where no function rotates secrets, a rotation is refused', async () => {
  const other = await startSecretsManager({ port: 0 });
  const unable = clientOf(other.port);
  await unable.send(new CreateSecretCommand({ Name: 'one', SecretString: '1' }));
  const rotate = new RotateSecretCommand({ SecretId: 'one', RotationLambdaARN: 'arn:lambda' });
  expect(await refusal(unable.send(rotate))).toBeInstanceOf(InvalidRequestException);
  unable.destroy();
  await other.close();
});
