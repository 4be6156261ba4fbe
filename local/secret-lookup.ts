import { randomBytes } from 'node:crypto';
import type { Secret, Vault } from './secret-store';
import { invalidRequest, SecretsFault } from './secrets-fault';

export type Output = Record<string, unknown>;

const arnPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';

/** An ARN with a new random end. */
export const arnOf = (name: string): string =>
  `${arnPrefix}${name}-${randomBytes(6).toString('base64').replace(/[+/]/g, 'x').slice(0, 6)}`;

/** By name, by ARN, or by ARN without its random end. */
export const lookUp = (vault: Vault, id: string): Secret | undefined =>
  vault.get(id) ?? [...vault.values()].find(({ arn }) => arn === id || arn.slice(0, -7) === id);

/** A secret, even if it is deleted with a recovery window. */
export function find(vault: Vault, id: string): Secret {
  const secret = lookUp(vault, id);
  if (!secret) throw new SecretsFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return secret;
}

/** A secret that is not deleted. */
export function live(vault: Vault, id: string): Secret {
  const secret = find(vault, id);
  if (secret.deletedAt === undefined) return secret;
  throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}

export function described(secret: Secret): Output {
  const staged = secret.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages]);
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    Tags: secret.tags,
    CreatedDate: secret.createdAt,
    LastChangedDate: secret.changedAt,
    DeletedDate: secret.deletedAt,
    ...(secret.rotationLambda !== undefined && { RotationEnabled: true, RotationLambdaARN: secret.rotationLambda }),
    VersionIdsToStages: Object.fromEntries(staged),
  };
}

/** A name filter is a prefix; a `!` before it negates it. */
export const fits = (name: string, filter: string): boolean =>
  filter.startsWith('!') ? !name.startsWith(filter.slice(1)) : name.startsWith(filter);

/** Removes secrets whose recovery window is over. */
export function dropGone(vault: Vault, now: number): void {
  for (const { name, deletedAt } of vault.values()) if (deletedAt !== undefined && deletedAt <= now) vault.delete(name);
}
