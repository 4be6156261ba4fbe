import { goThrough } from '../../../shared/aws/aws-requests';
import { type Environment, namesProxy } from '../../sdk/api/proxy-for';

/** Lets AWS's clients go through the proxies that the environment names. Without any, no code for them is loaded. */
export async function followProxies(env: Environment): Promise<void> {
  if (!namesProxy(env)) return;
  const { ProxiedAgent } = await import('./proxied-agent');
  const agent = new ProxiedAgent(env);
  goThrough({ httpAgent: agent, httpsAgent: agent });
}
