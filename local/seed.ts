import { randomInt } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { hostSecretName } from '../shared/aws/host-secret';
import { seconds } from '../shared/policy/time';
import { putRule } from '../shared/store/rules';
import type { Table } from '../shared/store/table';
import type { LocalMongoDb } from './mongodb';

export interface SeedDeps {
  secrets: SecretsManagerClient;
  table: Table;
  /** The beginning of all secrets' names. */
  prefix: string;
  mongodb: Pick<LocalMongoDb, 'host' | 'secret' | 'given'>;
}

/** The person who may try mongogrant on one machine without asking anybody. */
export const firstMember = 'you@example.com';

/** Gives an empty service what the walk-through needs: the signing keys, one host, one rule. Existing things stay. */
export async function seed({ secrets, table, prefix, mongodb }: SeedDeps, now: Date): Promise<void> {
  const { host, secret, given } = mongodb;
  for (const name of ['signing-key', 'link-key']) {
    const id = `${prefix}/${name}`;
    if ((await read(secrets, id)) === undefined) await create(secrets, id, { key: randomText(64), older: [] });
  }
  const login = `${prefix}/${hostSecretName(host)}`;
  const known = await read(secrets, login);
  if (known === undefined) {
    // A host gets its rule once, when it is new: an admin may have removed the rule since.
    const rule = { email: firstMember, host, db: 'demo*', role: 'readWrite', which: 'allow' as const };
    await putRule(table, { ...rule, version: 1, setBy: 'start', setAt: seconds(now) }, undefined);
    await create(secrets, login, secret);
  } else if (given && known !== JSON.stringify(secret)) {
    await secrets.send(new PutSecretValueCommand({ SecretId: login, SecretString: JSON.stringify(secret) }));
  }
}

async function read(secrets: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    return (await secrets.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

const create = (secrets: SecretsManagerClient, name: string, value: unknown) =>
  secrets.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value) }));

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomText = (length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
