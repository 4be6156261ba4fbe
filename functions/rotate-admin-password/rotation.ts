import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { together } from '../../shared/async/together';
import { hostSecret } from '../../shared/aws/host-secret';
import type { Log } from '../../shared/aws/log';
import { badFields } from '../../shared/aws/parse-secret';
import type { HostSecret } from '../../shared/aws/secrets';
import type { SecretVersions } from '../../shared/aws/secrets-manager';
import { SecretUnusable } from '../../shared/contract/errors';
import { withoutMark } from '../../shared/contract/json-text';
import type { Host } from '../../shared/mongo/mongo-servers';
import { badAddresses } from '../../shared/mongo/mongo-uri';
import type { MongoAdmins } from './mongo-admins';

export interface RotationDeps {
  versions: SecretVersions;
  admins: MongoAdmins;
  log: Log;
}

/** One rotation of one secret. Secrets Manager calls its steps in turn, and repeats a step that fails. */
export interface Rotation {
  /** The secret, as Secrets Manager names it. */
  id: string;
  /** The name that people see. */
  name: string;
  /** The version that will be the next one. */
  token: string;
  /** The staging labels of each version when the step began. */
  stages: Record<string, string[]>;
}

/** A version of a secret: all its fields, and those that are known here. */
export interface Stored {
  fields: Record<string, unknown>;
  login: HostSecret;
  version: string;
}

/** Why a rotation can't go on. The message holds no secret. */
export class RotationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RotationRefused';
  }
}

const anObject = v.pipe(v.string(), v.transform(withoutMark), v.parseJson(), v.record(v.string(), v.unknown()));

/** What a secret holds under a staging label; none if no version has the label. */
export async function readStage(
  { versions }: Pick<RotationDeps, 'versions'>,
  { id, name }: Pick<Rotation, 'id' | 'name'>,
  stage: string,
): Promise<Stored | undefined> {
  const value = await versions.get(id, stage);
  if (value === 'deleted') throw new RotationRefused(`The secret ${name} is deleted`);
  if (value === 'missing' || value.text === undefined || value.version === undefined) return undefined;
  const fields = v.safeParse(anObject, value.text);
  const login = v.safeParse(hostSecret, fields.output);
  if (!fields.success) throw new SecretUnusable(`The secret ${name} can't be read (${stage}): it is no JSON`);
  const bad = login.success ? badAddresses(login.output) : badFields(login.issues);
  if (!login.success || bad.length > 0)
    throw new SecretUnusable(`The secret ${name} has no usable ${bad.join(', ')} (${stage})`);
  return { fields: fields.output, login: login.output, version: value.version };
}

/** The value in force and the pending one. */
export async function readBoth(deps: RotationDeps, rotation: Rotation): Promise<{ current: Stored; pending: Stored }> {
  const [current, pending] = await together([readCurrent(deps, rotation), readStage(deps, rotation, 'AWSPENDING')]);
  if (pending?.version !== rotation.token) throw new RotationRefused(`${rotation.name} has no pending value`);
  const expected = nextUser(current.login);
  if (pending.login.username === expected || isSameLogin(current, pending)) return { current, pending };
  throw new RotationRefused(`The pending value of ${rotation.name} is for another user than ${expected}`);
}

export async function readCurrent(deps: RotationDeps, rotation: Rotation): Promise<Stored> {
  const current = await readStage(deps, rotation, 'AWSCURRENT');
  if (!current) throw new RotationRefused(`${rotation.name} has no current value`);
  return current;
}

const clone = '_clone';

/** The user after the rotation: the same, or the other of two that take turns, with the name that AWS's own rotation gives it. */
export function nextUser({ username, masterarn }: HostSecret): string {
  if (masterarn === undefined) return username;
  return username.endsWith(clone) ? username.slice(0, -clone.length) : username + clone;
}

/** The server that the current value describes, TLS included, with another login. Only names and passwords ever change. */
export const hostWith = (
  { name }: Rotation,
  { login }: Stored,
  { username, password }: Pick<HostSecret, 'username' | 'password'>,
  authSource = login.authSource,
): Host => ({ name, secret: { ...login, username, password, authSource } });

/** All fields of the current value, with the login of the pending one. */
export const merged = ({ fields }: Stored, { login }: Stored): Record<string, unknown> => ({
  ...fields,
  username: login.username,
  password: login.password,
});

export const isSameLogin = ({ login: a }: Stored, { login: b }: Stored): boolean =>
  a.username === b.username && a.password === b.password;

export const isMerged = (current: Stored, pending: Stored): boolean =>
  isDeepStrictEqual(merged(current, pending), pending.fields);
