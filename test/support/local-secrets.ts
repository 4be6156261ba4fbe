import type { Listening } from '../../local/loopback';
import { type SecretsManagerOptions, startSecretsManager } from '../../local/secrets-manager';

/** A Secrets Manager on a free port, to which the AWS SDK of this process is led. */
export async function openSecretsManager(options: Omit<SecretsManagerOptions, 'port'> = {}): Promise<Listening> {
  const service = await startSecretsManager({ ...options, port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${service.port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  return service;
}
