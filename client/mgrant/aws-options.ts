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

/** The options of every command that works with its caller's AWS rights. */
export const withDeployment = (command: Command): Command =>
  command
    .option('--table <name>', 'the DynamoDB table of the deployment; else MONGOGRANT_TABLE')
    .option('--secret-prefix <prefix>', 'where its secrets begin; else MONGOGRANT_SECRET_PREFIX, else mongogrant')
    .option('--stack <name>', 'its stackName setting; else MONGOGRANT_STACK, else mongogrant');

/** The same for commands that change something. The audit log names who did it. */
export const withActor = (command: Command): Command =>
  withDeployment(command).option('--by <email>', 'who you are, for the audit log; else MONGOGRANT_BY, else your token');

/** Loads the part that reaches AWS, and uses it in the caller's name. */
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

/** The address that the audit log keeps for what is done: the named one, or the token's. */
export async function actorOf(session: Session, { by }: DeploymentOptions): Promise<string> {
  const named = by ?? (session.io.env.MONGOGRANT_BY || undefined);
  if (named !== undefined) return checked('--by', email, named);
  try {
    const client = await session.client();
    return (await client.me()).email;
  } catch (fault) {
    if (!isMongograntError(fault) || fault.code !== 'token_missing') throw fault;
    // An admin starts with AWS credentials alone: hosts are added before anybody can log in.
    throw new UsageError('--by: say who you are, for the audit log: --by you@lab.org, or MONGOGRANT_BY.');
  }
}
