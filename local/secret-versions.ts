import { randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import type { getInput, putInput, stageInput } from './secret-inputs';
import type { Secret, Version } from './secret-store';
import { invalidParameter, invalidRequest, SecretsFault } from './secrets-fault';

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';
const pending = 'AWSPENDING';

export type NewValue = Omit<v.InferOutput<typeof putInput>, 'SecretId'>;

/** Adds a version, unless its token already made the same one. A secret's first version is always current. */
export function addVersion(secret: Secret, value: NewValue, now: number): Version {
  if (value.SecretString !== undefined && value.SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  const id = value.ClientRequestToken ?? randomUUID();
  const known = secret.versions.find((version) => version.id === id);
  if (known && sameValue(known, value)) return known;
  // A rotation makes its version first, and sets the value later.
  if (known && !isEmpty(known))
    throw new SecretsFault(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  const version = known ?? addEmpty(secret, id, now);
  version.text = value.SecretString;
  version.binary = value.SecretBinary;
  for (const stage of value.VersionStages ?? [current]) moveStage(secret, stage, version);
  if (!known && !holderOf(secret, current)) moveStage(secret, current, version);
  secret.changedAt = now;
  return version;
}

function addEmpty(secret: Secret, id: string, now: number): Version {
  const version: Version = { id, stages: [], createdAt: now };
  secret.versions.push(version);
  return version;
}

/** Makes the version that a rotation will fill. An unfinished earlier rotation must end first, or lose its label. */
export function beginRotation(secret: Secret, now: number, id: string = randomUUID()): Version {
  const before = holderOf(secret, pending);
  if (before && before !== holderOf(secret, current) && before.id !== id)
    throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
  const version = secret.versions.find((known) => known.id === id) ?? addEmpty(secret, id, now);
  moveStage(secret, pending, version);
  secret.changedAt = now;
  return version;
}

export const isEmpty = ({ text, binary }: Version): boolean => text === undefined && binary === undefined;

export const sameValue = (version: Version, value: NewValue): boolean =>
  version.text === value.SecretString && version.binary === value.SecretBinary;

export const holderOf = (secret: Secret, stage: string): Version | undefined =>
  secret.versions.find((version) => version.stages.includes(stage));

/** The version with this id, this stage or both (which must agree), or else the current one. */
export function findVersion(secret: Secret, which: Omit<v.InferOutput<typeof getInput>, 'SecretId'>): Version {
  const { VersionId: id, VersionStage: stage } = which;
  const wanted =
    id === undefined ? holderOf(secret, stage ?? current) : secret.versions.find((version) => version.id === id);
  if (wanted && id !== undefined && stage !== undefined && !wanted.stages.includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  if (wanted) return wanted;
  return notFound(id, stage);
}

export function notFound(id: string | undefined, stage: string | undefined): never {
  const which = id === undefined ? `staging label: ${stage ?? current}` : `VersionId: ${id}`;
  throw new SecretsFault(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${which}`,
  );
}

/** Moves a staging label to a version. The version that loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: Version | undefined): void {
  const from = holderOf(secret, stage);
  if (from === to) return;
  if (from) from.stages = from.stages.filter((held) => held !== stage);
  to?.stages.push(stage);
  if (stage === current && from) moveStage(secret, previous, from);
}

/** What UpdateSecretVersionStage checks before a label moves. */
export function checkMove(secret: Secret, move: v.InferOutput<typeof stageInput>): void {
  const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = move;
  const holder = holderOf(secret, stage);
  const refuse = (message: string) => {
    throw invalidParameter(message);
  };
  if (to === undefined && from === undefined) refuse('You must provide MoveToVersionId, RemoveFromVersionId, or both.');
  if (stage === current && to === undefined)
    refuse(`You can only move staging label ${current} to a different secret version. It can't be completely removed.`);
  if (from !== undefined && holder?.id !== from)
    refuse(`The staging label ${stage} is not attached to version ${from}.`);
  if (holder && holder.id !== to && from === undefined) {
    refuse(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
}
