import type { Command } from 'commander';
import { email } from '../../shared/contract/fields/access';
import { type AwsOptions, awsSettings } from '../admin/aws/aws-settings';
import type { AwsTools } from '../admin/aws/aws-tools';
import { isMongograntError } from '../sdk/mongogrant-error';
import { checked } from './checked';
import { UsageError } from './refused';
import type { Session } from './session';

export interface DeploymentOptions extends AwsOptions {
  by?: string;
}

/** What every command takes that works with the AWS rights of whoever calls it. */
export const withDeployment = (command: Command): Command =>
  command
    .option('--table <name>', 'the DynamoDB table of the deployment; else MONGOGRANT_TABLE')
    .option('--secret-prefix <prefix>', 'where its secrets begin; else MONGOGRANT_SECRET_PREFIX, else mongogrant')
    .option('--stack <name>', 'its stackName setting; else MONGOGRANT_STACK, else mongogrant');

/** The same for commands that change something: the audit log names who did it. */
export const withActor = (command: Command): Command =>
  withDeployment(command).option('--by <email>', 'who you are, for the audit log; else MONGOGRANT_BY, else your token');

/** Loads what reaches AWS, and uses it in the name of whoever it is. */
export async function useAws<T>(
  session: Session,
  options: AwsOptions,
  by: string,
  use: (tools: AwsTools) => Promise<T>,
): Promise<T> {
  const settings = awsSettings(options, session.io.env);
  const { withAws } = await import('../admin/aws/open-aws');
  return withAws(settings, by, use);
}

/** The address under which the audit log keeps what is done: the one that was named, or that of the token. */
export async function actorOf(session: Session, { by }: DeploymentOptions): Promise<string> {
  const named = by ?? (session.io.env.MONGOGRANT_BY || undefined);
  if (named !== undefined) return checked('--by', email, named);
  try {
    const client = await session.client();
    return (await client.me()).email;
  } catch (fault) {
    if (!isMongograntError(fault) || fault.code !== 'token_missing') throw fault;
    // An admin begins with AWS's credentials alone: a host comes before the first login.
    throw new UsageError('--by: say who you are, for the audit log: --by you@lab.org, or MONGOGRANT_BY.');
  }
}
