import { RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mongoAdmins } from '../../functions/rotate-admin-password/mongo-admins';
import { rotateAdminPassword } from '../../functions/rotate-admin-password/rotate-admin-password';
import { startSecretsManager } from '../../local/secrets-manager';
import type { Log } from '../../shared/aws/log';
import { secretVersions, secretWriter } from '../../shared/aws/secrets-manager';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { interpose, type Outside } from './outside';
import { startServer } from './start-server';

export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export const labels = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'mongogrant-set'];
export type Rotations = Awaited<ReturnType<typeof openRotations>>;
export type Kind = 'one user' | 'a pair';

const root = { username: 'root', password: 'root-password' };
const prefix = 'mongogrant/hosts';
let count = 0;

/** The real function over the embedded services, with an ear at each outside call, and all that it said. */
export async function openRotations() {
  const [secretsManager, mongod] = await Promise.all([
    startSecretsManager({ port: 0, rotate: () => {} }),
    startServer({ admin: root }),
  ]);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsManager.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  const client = new SecretsManagerClient();
  const writer = secretWriter();
  const servers = mongoServers();
  const outside: Outside = { calls: [] };
  /** Codes, facts and messages: nothing secret may be among them. */
  const said: string[] = [];
  const note = (code: string, facts: Record<string, unknown> = {}) => void said.push(JSON.stringify({ code, facts }));
  const log: Log = { info: note, warn: note, error: note };
  const versions = secretVersions();
  const admins = mongoAdmins();
  const deps = { ...interpose({ versions, admins }, outside), log };
  const address = { host: '127.0.0.1', port: mongod.port };
  const asRoot = (command: Record<string, unknown>) =>
    servers.command({ name: 'root', secret: { ...address, ...root, authSource: 'admin' } }, 'admin', command);

  /** The fields under a label; none where there are none. */
  async function fieldsOf(name: string, label: string): Promise<Record<string, unknown> | undefined> {
    const value = await versions.get(`${prefix}/${name}`, label);
    return typeof value === 'object' && value.text ? JSON.parse(value.text) : undefined;
  }

  /** Whether the value under a label opens the server. */
  async function opens(name: string, label: string): Promise<boolean> {
    const fields = await fieldsOf(name, label);
    if (!fields) return false;
    const login = { username: String(fields.username), password: String(fields.password), authSource: 'admin' };
    return (await admins.login({ name, secret: { ...address, ...login } })) !== 'refused';
  }

  return {
    outside,
    said,
    deps,
    versions,
    writer,
    mongod,
    address,
    asRoot,
    fieldsOf,
    opens,
    id: (name: string) => `${prefix}/${name}`,
    /** A host of its own with an admin user of its own, who may change its own password and what mongogrant needs. */
    async host(kind: Kind, change: Record<string, unknown> = {}): Promise<string> {
      const name = `h${++count}`;
      const username = `admin${count}`;
      const restrictions = { authenticationRestrictions: [{ clientSource: ['127.0.0.0/8'] }] };
      await asRoot({ createUser: username, pwd: 'first-password', roles: ['userAdminAnyDatabase'], ...restrictions });
      const master = 'mongogrant/hosts-masters/embedded';
      if (kind === 'a pair') await writer.create(master, JSON.stringify({ engine: 'mongo', ...address, ...root }));
      const secret = { engine: 'mongo', ...address, username, password: 'first-password', note: 'kept' };
      const pair = kind === 'a pair' && { masterarn: master };
      await writer.create(`${prefix}/${name}`, JSON.stringify({ ...secret, ...pair, ...change }));
      return name;
    },
    /** As Secrets Manager begins a rotation: a version without a value, staged AWSPENDING. */
    async begin(name: string, token: string): Promise<void> {
      const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:rotate';
      const rotate = { SecretId: `${prefix}/${name}`, ClientRequestToken: token, RotationLambdaARN: arn };
      await client.send(new RotateSecretCommand(rotate));
    },
    /** As an operator gives a rotation up: its version is left without the label. */
    async giveUp(name: string, token: string): Promise<void> {
      await versions.moveStage(`${prefix}/${name}`, 'AWSPENDING', { from: token, to: undefined });
    },
    async step(name: string, token: string, step: string): Promise<void> {
      const event = { SecretId: `${prefix}/${name}`, ClientRequestToken: token, Step: step };
      await rotateAdminPassword(deps, event).catch((fault: unknown) => {
        said.push(String(fault), JSON.stringify(fault, Object.getOwnPropertyNames(fault)));
        throw fault;
      });
    },
    async close(): Promise<void> {
      client.destroy();
      await servers.close();
      await Promise.all([secretsManager.close(), mongod.close()]);
    },
  };
}

let tokens = 0;
export const newToken = (): string => `token-${++tokens}-`.padEnd(36, '0');
