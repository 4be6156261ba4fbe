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
import { attempts, patient, type soon } from './aws-requests';

export interface CurrentValue {
  text: string | undefined;
  version: string | undefined;
}

/** `deleted`: nobody can read it, but it can still be restored. */
export type Absent = 'deleted' | 'missing';

/** Reads secrets. Each function is one call to the Secrets Manager that the AWS SDK's environment variables name. */
export interface SecretReader {
  /** The current value, or the one with another staging label. */
  get(id: string, stage?: string): Promise<CurrentValue | Absent>;
}

/** Creates and changes secrets. It is separate, so that code that only reads need not load it. */
export interface SecretWriter {
  /** The names with this prefix, unsorted. Secrets that are deleted or only minutes old may be missing. */
  list(prefix: string): Promise<string[]>;
  /** `kmsKey` replaces the account's own key for Secrets Manager. */
  create(id: string, text: string, kmsKey?: string): Promise<'created' | 'exists' | 'deleted'>;
  /** Sets a value, whatever the last one was. */
  put(id: string, text: string): Promise<'put' | Absent>;
  /** Sets a value, with this label if it is given, if `version` is still the current one. Two calls. */
  change(id: string, text: string, version: string, label?: string): Promise<'changed' | 'changed meanwhile' | Absent>;
  restore(id: string): Promise<void>;
  /** Deletes it. It can be restored for so many days. A second call does nothing. */
  delete(id: string, days: number): Promise<void>;
}

/** The result of a rotation by hand. `not_set_up`: no function rotates the secret. `under_way`: another rotation is unfinished. */
export type RotationStart = 'begun' | 'not_set_up' | 'under_way' | Absent;

/** Starts rotations. It is separate, as only admins may. */
export interface SecretRotator {
  /** Starts a rotation, which goes on by itself. Two calls. */
  rotate(id: string): Promise<RotationStart>;
}

/** A secret in its rotation: versions with staging labels. */
export interface SecretVersions extends SecretReader, Pick<SecretWriter, 'change'> {
  /** Its name, whether rotation is on (none if it never was), and the labels of each version. */
  describe(id: string): Promise<{ name: string; rotates: boolean | undefined; stages: Record<string, string[]> }>;
  /** Gives a value to the version that a rotation made, unless it has one. */
  fill(id: string, version: string, text: string): Promise<'filled' | 'has a value'>;
  /** Moves a label if it is at `from`, which is undefined for a new label. */
  moveStage(id: string, stage: string, move: { from: string | undefined; to: string | undefined }): Promise<void>;
}

const openClient = () => patient(new SecretsManagerClient(attempts));

export function secretReader(): SecretReader {
  const client = openClient();
  return {
    get: (id, stage) => get(client, id, stage),
  };
}

/** Looks at secrets without reading a value. Each function but `list` is one call. */
export interface SecretLooks extends Pick<SecretWriter, 'list'> {
  /** The labels of the current version. */
  labels(id: string): Promise<string[] | Absent>;
}

export function secretLooks(requests: typeof attempts | typeof soon = attempts): SecretLooks {
  const client = patient(new SecretsManagerClient(requests));
  return {
    list: (prefix) => list(client, prefix),
    async labels(id) {
      try {
        const { DeletedDate, VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: id }));
        if (DeletedDate !== undefined) return 'deleted';
        return Object.values(VersionIdsToStages).find((labels) => labels.includes('AWSCURRENT')) ?? [];
      } catch (error) {
        return absent(error);
      }
    },
  };
}

export function secretWriter(): SecretWriter {
  const client = openClient();
  return {
    list: (prefix) => list(client, prefix),
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
    change: (id, text, version, label) => change(client, { id, text, version, label }),
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
    change: (id, text, version, label) => change(client, { id, text, version, label }),
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

async function list(client: SecretsManagerClient, prefix: string): Promise<string[]> {
  const names: string[] = [];
  let from: string | undefined;
  do {
    const filter = { Filters: [{ Key: 'name' as const, Values: [prefix] }], NextToken: from };
    const page = await client.send(new ListSecretsCommand(filter));
    names.push(...(page.SecretList ?? []).flatMap(({ Name: name }) => (name?.startsWith(prefix) ? [name] : [])));
    from = page.NextToken;
  } while (from);
  return names;
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
 * Writes the value as a new version, then moves the current label away from the version that was read. Secrets Manager has no other
 * condition that keeps a newer password from being overwritten.
 */
async function change(
  client: SecretsManagerClient,
  { id, text, version, label }: { id: string; text: string; version: string; label: string | undefined },
) {
  const labels = ['mongogrant-next', ...(label === undefined ? [] : [label])];
  const beside = { SecretId: id, SecretString: text, VersionStages: labels };
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

/** Tells from a failed call that the secret is missing, or is to be deleted. Throws any other error. */
function absent(error: unknown): Absent {
  if (error instanceof ResourceNotFoundException) return 'missing';
  if (error instanceof InvalidRequestException) return 'deleted';
  throw error;
}
