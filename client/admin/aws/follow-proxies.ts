import { goThrough, type Way } from '../../../shared/aws/aws-requests';
import type { Environment } from '../../sdk/api/proxy-for';
import { ProxiedAgent } from './proxied-agent';

/** Lets AWS's clients go through the proxies that the environment names. */
export async function followProxies(env: Environment): Promise<void> {
  const agent = new ProxiedAgent(env);
  const agents = { httpAgent: agent, httpsAgent: agent };
  goThrough({ agents, credentialDefaultProvider: await credentialsThrough(agents) });
}

/** A login by `aws sso login` is asked for by a client of AWS's own, which does not take over the agents of ours. */
async function credentialsThrough(agents: Way['agents']): Promise<Way['credentialDefaultProvider']> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { credentialDefaultProvider } = new DynamoDBClient().config;
  return (init: object) => credentialDefaultProvider({ ...init, clientConfig: { requestHandler: agents } });
}
