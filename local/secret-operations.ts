import {
  changeInput,
  createInput,
  deleteInput,
  describeInput,
  getInput,
  listInput,
  parseInput,
  putInput,
  rotateInput,
  stageInput,
} from './secret-inputs';
import { arnOf, described, dropGone, find, fits, live, lookUp, type Output } from './secret-lookup';
import type { Secret, Vault } from './secret-store';
import {
  addVersion,
  beginRotation,
  checkMove,
  findVersion,
  isEmpty,
  moveStage,
  type NewValue,
  notFound,
  sameValue,
} from './secret-versions';
import { invalidParameter, invalidRequest, SecretsFault } from './secrets-fault';

/** One call: reads its input, may change the vault, and answers. `now` is in seconds. */
export type Operation = (vault: Vault, input: unknown, now: number) => Output;

const day = 86_400;

/** The Secrets Manager operations that mongogrant uses. */
export const operations: Readonly<Record<string, Operation>> = {
  CreateSecret(vault, input, now) {
    const {
      Name: name,
      Description: description,
      KmsKeyId: kmsKeyId,
      Tags: tags = [],
      ...value
    } = parseInput(createInput, input);
    const known = vault.get(name);
    if (known) return createdBefore(known, value);
    const dates = { createdAt: now, changedAt: now };
    const secret: Secret = { arn: arnOf(name), name, description, kmsKeyId, tags, ...dates, versions: [] };
    const version = hasValue(value) ? addVersion(secret, value, now) : undefined;
    vault.set(name, secret);
    return { ...named(secret), VersionId: version?.id };
  },

  GetSecretValue(vault, input) {
    const { SecretId, ...which } = parseInput(getInput, input);
    const secret = live(vault, SecretId);
    const version = findVersion(secret, which);
    if (isEmpty(version)) notFound(which.VersionId, which.VersionStage);
    const { id, text, binary, stages, createdAt } = version;
    const value = { SecretString: text, SecretBinary: binary, VersionStages: stages, CreatedDate: createdAt };
    return { ...named(secret), VersionId: id, ...value };
  },

  PutSecretValue(vault, input, now) {
    const { SecretId, ...value } = parseInput(putInput, input);
    const secret = live(vault, SecretId);
    if (!hasValue(value)) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const version = addVersion(secret, value, now);
    return { ...named(secret), VersionId: version.id, VersionStages: version.stages };
  },

  UpdateSecret(vault, input, now) {
    const { SecretId, Description, KmsKeyId, ...value } = parseInput(changeInput, input);
    const secret = live(vault, SecretId);
    const version = hasValue(value) ? addVersion(secret, value, now) : undefined;
    secret.description = Description ?? secret.description;
    secret.kmsKeyId = KmsKeyId ?? secret.kmsKeyId;
    secret.changedAt = now;
    return { ...named(secret), VersionId: version?.id };
  },

  UpdateSecretVersionStage(vault, input, now) {
    const move = parseInput(stageInput, input);
    const secret = live(vault, move.SecretId);
    const target =
      move.MoveToVersionId === undefined ? undefined : findVersion(secret, { VersionId: move.MoveToVersionId });
    checkMove(secret, move);
    moveStage(secret, move.VersionStage, target);
    secret.changedAt = now;
    return named(secret);
  },

  /** Makes the version and notes the function. The owner of the vault then calls the function. */
  RotateSecret(vault, input, now) {
    const { SecretId, ClientRequestToken: token, RotationLambdaARN: lambda } = parseInput(rotateInput, input);
    const secret = live(vault, SecretId);
    secret.rotationLambda = lambda ?? secret.rotationLambda;
    if (secret.rotationLambda === undefined)
      throw invalidRequest('You must specify a Lambda function ARN the first time that you rotate a secret.');
    const version = beginRotation(secret, now, token);
    return { ...named(secret), VersionId: version.id };
  },

  DescribeSecret: (vault, input) => described(find(vault, parseInput(describeInput, input).SecretId)),

  ListSecrets(vault, input) {
    const { Filters: filters = [], MaxResults: most = 100, NextToken: token, ...rest } = parseInput(listInput, input);
    const found = [...vault.values()]
      .filter(
        (secret) =>
          (rest.IncludePlannedDeletion || secret.deletedAt === undefined) &&
          filters.every(({ Values }) => Values.some((value) => fits(secret.name, value))),
      )
      .sort((a, b) => (rest.SortOrder === 'asc' ? 1 : -1) * (a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1)));
    const start =
      token === undefined ? 0 : found.findIndex(({ arn }) => arn === Buffer.from(token, 'base64url').toString());
    if (start < 0) throw new SecretsFault('InvalidNextTokenException', 'The NextToken value is invalid.');
    const next = found[start + most];
    return {
      SecretList: found.slice(start, start + most).map(described),
      NextToken: next && Buffer.from(next.arn).toString('base64url'),
    };
  },

  DeleteSecret(vault, input, now) {
    const { SecretId, RecoveryWindowInDays: window, ...rest } = parseInput(deleteInput, input);
    const force = rest.ForceDeleteWithoutRecovery;
    if (force && window !== undefined)
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    if (force && !lookUp(vault, SecretId)) return { ARN: arnOf(SecretId), Name: SecretId, DeletionDate: now };
    const secret = find(vault, SecretId);
    if (secret.deletedAt !== undefined && !force)
      throw invalidRequest(
        "You can't perform this operation on the secret because it was already scheduled for deletion.",
      );
    secret.deletedAt = force ? now : now + (window ?? 30) * day;
    dropGone(vault, now);
    return { ...named(secret), DeletionDate: secret.deletedAt };
  },

  RestoreSecret(vault, input) {
    const secret = find(vault, parseInput(describeInput, input).SecretId);
    secret.deletedAt = undefined;
    return named(secret);
  },
};

function createdBefore(secret: Secret, value: NewValue): Output {
  if (secret.deletedAt !== undefined)
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  const version = secret.versions.find(({ id }) => id === value.ClientRequestToken);
  if (version && sameValue(version, value)) return { ...named(secret), VersionId: version.id };
  throw new SecretsFault(
    'ResourceExistsException',
    `The operation failed because the secret ${secret.name} already exists.`,
  );
}

const named = ({ arn, name }: Secret): Output => ({ ARN: arn, Name: name });

const hasValue = (value: NewValue): boolean => value.SecretString !== undefined || value.SecretBinary !== undefined;
