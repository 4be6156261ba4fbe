import { namesProxy } from '../../sdk/api/proxy-for';
import type { AwsSettings } from './aws-settings';
import type { AwsTools } from './aws-tools';
import { explainAws } from './explain-aws';

/**
 * Loads what works with AWS, lets it be used, and ends its connections. Nothing else of the client needs AWS's packages, so they may be
 * missing.
 *
 * @param by - the address under which the audit log keeps who acted
 * @throws MongograntError with a code that begins with `aws_`, or `table_unknown`, and says what to do
 * @example
 * const hosts = await withAws(awsSettings({}, process.env), 'ops@lab.org', ({ hosts }) => hosts.list());
 */
export async function withAws<T>(settings: AwsSettings, by: string, use: (tools: AwsTools) => Promise<T>): Promise<T> {
  // The AWS SDK warns on every start that it will ask for a newer Node one day; engines in package.json says what we support.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  try {
    const { openAwsTools } = await import('./aws-tools');
    // Without a proxy, no code for one is loaded.
    if (namesProxy(process.env)) await (await import('./follow-proxies')).followProxies(process.env);
    const tools = openAwsTools(settings, by);
    try {
      return await use(tools);
    } finally {
      await tools.close();
    }
  } catch (fault) {
    throw explainAws(fault);
  }
}
