import { deepStrictEqual as deepEqual } from 'node:assert';
import { randomUUID } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientOf } from './client-of';
import type { Steps } from './steps';
import { type FunctionNames, loginWith, type Place, type Tokens } from './story';

/**
 * The emulator calls no rotation function: a new version is put under the label that Secrets Manager would give it, and the function
 * gets the four events that it would send.
 */
export const rotatePassword = (
  steps: Steps,
  place: Place,
  { token }: Tokens,
  { rotate }: FunctionNames,
): Promise<void> =>
  steps.take('the admin password is rotated, and logins go on', async () => {
    const { emulator, host, mongod, api } = place;
    const client = clientOf(SecretsManagerClient, emulator);
    const SecretId = `mongogrant/hosts/${host.replace(':', '/')}`;
    await client.send(new RotateSecretCommand({ SecretId, RotationLambdaARN: rotate }));
    const { ARN, SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
    const version = { SecretId: ARN, ClientRequestToken: randomUUID() };
    const password = 'a-rotated-password';
    await client.send(
      new PutSecretValueCommand({
        ...version,
        SecretString: JSON.stringify({ ...JSON.parse(SecretString), password }),
        VersionStages: ['AWSPENDING'],
      }),
    );
    client.destroy();
    for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'])
      await emulator.invoke(rotate, { ...version, Step });
    const uri = (of: string) => `mongodb://${mongod.admin.username}:${of}@${mongod.address}/demo?authSource=admin`;
    deepEqual([await loginWith(uri(mongod.admin.password)), await loginWith(uri(password))], ['18', 'works']);
    const { status, json } = await api.ask('POST', '/grants', {
      token,
      form: { host, db: 'demo_later', role: 'read' },
    });
    deepEqual([status, json.code], [201, undefined]);
  });
