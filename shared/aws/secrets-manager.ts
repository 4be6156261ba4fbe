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
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { attempts, patient } from './aws-requests';

/** What a secret holds under a staging label. */
export interface CurrentValue {
  text: string | undefined;
  version: string | undefined;
}

/** `deleted`: gone for everybody who reads, but it may still be restored. */
export type Absent = 'deleted' | 'missing';

/** Secrets as they are read; each function is one call, to the Secrets Manager to which the AWS SDK's environment variables point. */
export interface SecretReader {
  /** The current value, or the one that holds another staging label. */
  get(id: string, stage?: string): Promise<CurrentValue | Absent>;
}

/** Secrets as they are made and changed. Apart from reading, so that what only reads need not load it. */
export interface SecretWriter {
  /** The names that begin with this, in no order. What is only minutes old, or deleted, may be missing. */
  list(prefix: string): Promise<string[]>;
  /** `kmsKey`: in place of the account's own key for Secrets Manager. */
  create(id: string, text: string, kmsKey?: string): Promise<'created' | 'exists' | 'deleted'>;
  /** Another value, whatever the one before it. */
  put(id: string, text: string): Promise<'put' | Absent>;
  /** Another value, unless `version` is no longer the current one. Two calls. */
  change(id: string, text: string, version: string): Promise<'changed' | 'changed meanwhile' | Absent>;
  restore(id: string): Promise<void>;
  /** For so many days it may be restored. One that is deleted already is done. */
  delete(id: string, days: number): Promise<void>;
}

/** What a rotation by hand came to: `not_set_up` where no function rotates the secret, `under_way` where one is, or was not finished. */
export type RotationStart = 'begun' | 'not_set_up' | 'under_way' | Absent;

/** Beginning rotations; apart from the rest, as only an admin may. */
export interface SecretRotator {
  /** Begins a rotation, which goes on by itself. Two calls. */
  rotate(id: string): Promise<RotationStart>;
}

/** A secret as its rotation sees it: versions under staging labels. */
export interface SecretVersions extends SecretReader, Pick<SecretWriter, 'change'> {
  /** Its name, whether rotation is switched on (none where it never was), and the labels of each version. */
  describe(id: string): Promise<{ name: string; rotates: boolean | undefined; stages: Record<string, string[]> }>;
  /** Gives a value to the version that a rotation made, unless it has one. */
  fill(id: string, version: string, text: string): Promise<'filled' | 'has a value'>;
  /** Moves a label, if it is where it is said to be; a label that nobody has yet comes from nowhere. */
  moveStage(id: string, stage: string, move: { from: string | undefined; to: string | undefined }): Promise<void>;
}

const openClient = () => patient(new SecretsManagerClient(attempts));

export function secretReader(): SecretReader {
  const client = openClient();
  return {
    get: (id, stage) => get(client, id, stage),
  };
}

/** Whether a secret is there, without its value. One call. */
export function secretStates(): (id: string) => Promise<'there' | Absent> {
  const client = openClient();
  return async (id) => {
    try {
      const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: id }));
      return DeletedDate === undefined ? 'there' : 'deleted';
    } catch (error) {
      return absent(error);
    }
  };
}

export function secretWriter(): SecretWriter {
  const client = openClient();
  return {
    async list(prefix) {
      const names: string[] = [];
      let from: string | undefined;
      do {
        const filter = { Filters: [{ Key: 'name' as const, Values: [prefix] }], NextToken: from };
        const page = await client.send(new ListSecretsCommand(filter));
        names.push(...(page.SecretList ?? []).flatMap(({ Name: name }) => (name?.startsWith(prefix) ? [name] : [])));
        from = page.NextToken;
      } while (from);
      return names;
    },
    async create(id, text, kmsKey) {
      try {
        await client.send(new CreateSecretCommand({ Name: id, SecretString: text, KmsKeyId: kmsKey }));
        return 'created';
      } catch (error) {
        if (error instanceof ResourceExistsException) return 'exists';
        if (error instanceof InvalidRequestException) return 'deleted';
        throw error;
      }
    },
    async put(id, text) {
      try {
        await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: text }));
        return 'put';
      } catch (error) {
        return absent(error);
      }
    },
    change: (id, text, version) => change(client, id, text, version),
    async restore(id) {
      await client.send(new RestoreSecretCommand({ SecretId: id }));
    },
    async delete(id, days) {
      try {
        await client.send(new DeleteSecretCommand({ SecretId: id, RecoveryWindowInDays: days }));
      } catch (error) {
        absent(error);
      }
    },
  };
}

export function secretVersions(): SecretVersions {
  const client = openClient();
  return {
    get: (id, stage) => get(client, id, stage),
    change: (id, text, version) => change(client, id, text, version),
    async describe(id) {
      const {
        Name,
        RotationEnabled,
        VersionIdsToStages = {},
      } = await client.send(new DescribeSecretCommand({ SecretId: id }));
      return { name: Name ?? id, rotates: RotationEnabled, stages: VersionIdsToStages };
    },
    async fill(id, version, text) {
      const pending = { ClientRequestToken: version, VersionStages: ['AWSPENDING'] };
      try {
        await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: text, ...pending }));
        return 'filled';
      } catch (error) {
        if (error instanceof ResourceExistsException) return 'has a value';
        throw error;
      }
    },
    async moveStage(id, stage, { from, to }) {
      const move = { VersionStage: stage, RemoveFromVersionId: from, MoveToVersionId: to };
      await client.send(new UpdateSecretVersionStageCommand({ SecretId: id, ...move }));
    },
  };
}

export function secretRotator(): SecretRotator {
  const client = openClient();
  return {
    async rotate(id) {
      try {
        const { RotationLambdaARN, DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: id }));
        if (DeletedDate !== undefined) return 'deleted';
        if (RotationLambdaARN === undefined) return 'not_set_up';
        await client.send(new RotateSecretCommand({ SecretId: id }));
        return 'begun';
      } catch (error) {
        if (error instanceof InvalidRequestException) return 'under_way';
        return absent(error);
      }
    },
  };
}

async function get(client: SecretsManagerClient, id: string, stage?: string): Promise<CurrentValue | Absent> {
  try {
    const { SecretString: text, VersionId: version } = await client.send(
      new GetSecretValueCommand({ SecretId: id, VersionStage: stage }),
    );
    return { text, version };
  } catch (error) {
    return absent(error);
  }
}

/**
 * Writes the value beside the current one, then moves the label of the current one from the version that was read: the one
 * condition that Secrets Manager knows, so that a password which was changed meanwhile is not overwritten.
 */
async function change(client: SecretsManagerClient, id: string, text: string, version: string) {
  const beside = { SecretId: id, SecretString: text, VersionStages: ['mongogrant-next'] };
  try {
    const { VersionId: next } = await client.send(new PutSecretValueCommand(beside));
    const move = { SecretId: id, VersionStage: 'AWSCURRENT', MoveToVersionId: next, RemoveFromVersionId: version };
    const moved = client.send(new UpdateSecretVersionStageCommand(move));
    return await moved.then(() => 'changed' as const, notCurrent);
  } catch (error) {
    return absent(error);
  }
}

function notCurrent(error: unknown): 'changed meanwhile' {
  if (error instanceof InvalidParameterException) return 'changed meanwhile';
  throw error;
}

/** A secret that is to be deleted answers every call but a few in its own way. */
function absent(error: unknown): Absent {
  if (error instanceof ResourceNotFoundException) return 'missing';
  if (error instanceof InvalidRequestException) return 'deleted';
  throw error;
}
