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
  try {
    const { openAwsTools } = await import('./aws-tools');
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
