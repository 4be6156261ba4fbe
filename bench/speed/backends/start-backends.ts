import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as v from 'valibot';
import { type FunctionEnvironment, setEnvironment } from '../../../local/functions';
import { localSettings } from '../../../local/local-settings';
import { prepare } from '../../../local/service';
import { hostSecretName } from '../../../shared/aws/host-secret';
import { heard, leave, startChild } from '../../load/children';
import type { BackendName } from './backend';

const started = v.object({ port: v.number(), secret: v.optional(v.looseObject({})) });

/** So wide that no limit is met while a request is repeated. */
export const noLimits = {
  linkCooldown: '0 s',
  linksPerDay: 1_000_000,
  linksPerHourPerIp: 1_000_000,
  newAddressesPerDomainPerHour: 1_000_000,
  liveGrantsPerPersonAndHost: 1_000_000,
};

export interface Backends {
  environment: FunctionEnvironment;
  /** The registered name of the MongoDB host, and its admin login as the secret holds it. */
  host: string;
  adminUri: string;
  ports: Record<BackendName, number>;
  /** Registers another name for the MongoDB server, with other fields of its secret. */
  register(host: string, fields: object): Promise<void>;
  close(): Promise<void>;
}

/** Starts every backend in a process of its own, and points the AWS clients of this process to them. */
export async function startBackends(
  names: readonly BackendName[] = ['dynamodb', 'secretsManager', 'ses', 'mongodb'],
): Promise<Backends> {
  const children = names.map((name) => ({ name, child: startChild('../speed/backends/backend.ts', [name]) }));
  const close = async () => void (await Promise.all(children.map(({ child }) => leave(child))));
  const heardOf = await Promise.all(
    children.map(async ({ name, child }) => ({ name, ...v.parse(started, await heard(child)) })),
  );
  const ports = Object.fromEntries(heardOf.map(({ name, port }) => [name, port])) as Record<BackendName, number>;
  const mongodb = heardOf.find(({ name }) => name === 'mongodb');
  const secret: Record<string, string | number> = Object(mongodb?.secret);
  const at = (name: BackendName) => `http://127.0.0.1:${ports[name]}`;
  const { stackName, written, settings: parsed } = localSettings(noLimits);
  const environment = {
    ...{ tableName: 'mongogrant', stackName, settings: written, origin: 'http://localhost:3000' },
    ...{ dynamodb: at('dynamodb'), secretsManager: at('secretsManager'), ses: at('ses') },
  };
  setEnvironment(environment);
  const host = `localhost:${ports.mongodb}`;
  const adminUri = `mongodb://${secret.username}:${secret.password}@${host}/?authSource=admin&directConnection=true`;
  if (names.includes('dynamodb')) await prepare(parsed.secretPrefix, { host, secret, given: false });
  return {
    environment,
    host,
    adminUri,
    ports,
    async register(name, fields) {
      const client = new SecretsManagerClient({});
      const Name = `${parsed.secretPrefix}/${hostSecretName(name)}`;
      await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify({ ...secret, ...fields }) }));
      client.destroy();
    },
    close,
  };
}
