import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { parseJsonText } from '../shared/contract/json-text';
import { StartError } from './start-error';
import { systemCode } from './system-error';

const versionSchema = v.object({
  id: v.string(),
  text: v.optional(v.string()),
  /** In base64. */
  binary: v.optional(v.string()),
  stages: v.array(v.string()),
  createdAt: v.number(),
});

const tagSchema = v.object({ Key: v.string(), Value: v.optional(v.string()) });

const secretSchema = v.object({
  arn: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  kmsKeyId: v.optional(v.string()),
  tags: v.array(tagSchema),
  createdAt: v.number(),
  changedAt: v.number(),
  /** When a secret that was deleted with a recovery window will be gone. */
  deletedAt: v.optional(v.number()),
  /** The function that rotates it, if rotation is on. */
  rotationLambda: v.optional(v.string()),
  versions: v.array(versionSchema),
});

/** One version of a secret's value. Times are seconds since 1970, as in the protocol. */
export type Version = v.InferOutput<typeof versionSchema>;
export type Secret = v.InferOutput<typeof secretSchema>;
/** Every secret under its name. */
export type Vault = Map<string, Secret>;

/** The secrets in a file; none if there is no file. A file that can't be read is left unchanged. */
export function loadVault(file: string): Vault {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return new Map();
    throw new StartError(`DATA_DIR: ${file} can't be read`, { cause: error });
  }
  try {
    return new Map(v.parse(v.array(secretSchema), parseJsonText(text)).map((secret) => [secret.name, secret]));
  } catch {
    throw new StartError(`DATA_DIR: ${file} is damaged. Repair it, or move it away to start with fresh secrets.`);
  }
}

/** Writes all secrets, for their owner only. After a crash the file is the old or the new one, never half of one. */
export function saveVault(file: string, vault: Vault): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify([...vault.values()]), { mode: 0o600, flush: true });
  renameSync(temporary, file);
}
