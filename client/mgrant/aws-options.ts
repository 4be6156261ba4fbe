import { email } from '../../shared/contract/fields/access';
import { type AwsSettings, awsSettings } from '../admin/aws/aws-settings';
import type { AwsTools } from '../admin/aws/aws-tools';
import { isMongograntError } from '../sdk/mongogrant-error';
import { checked } from './checked';
import type { MgrantCommand } from './mgrant-command';
import { UsageError } from './refused';
import type { Session } from './session';

/** The options of every command that works with its caller's AWS rights. */
export const withDeployment = (command: MgrantCommand): MgrantCommand =>
  command
    .option('--table <name>', 'the DynamoDB table of the deployment; else MONGOGRANT_TABLE')
    .option('--secret-prefix <prefix>', 'where its secrets begin; else MONGOGRANT_SECRET_PREFIX, else mongogrant')
    .option('--stack <name>', 'its stackName setting; else MONGOGRANT_STACK, else mongogrant');

/** The same for commands that change something. The audit log names who did it. */
export const withActor = (command: MgrantCommand): MgrantCommand =>
  withDeployment(command).option('--by <email>', 'who you are, for the audit log; else MONGOGRANT_BY, else your token');

/** The deployment that the command line, or the environment, names. */
export const deploymentOf = ({ options, io }: Session): AwsSettings => awsSettings(options, io.env);

/** Loads the part that reaches AWS, and uses it; `by` is for what changes something. */
export async function useAws<T>(session: Session, use: (tools: AwsTools) => Promise<T>, by = ''): Promise<T> {
  const settings = deploymentOf(session);
  const { withAws } = await import('../admin/aws/open-aws');
  return withAws(settings, by, use);
}

/** The address that the audit log keeps for what is done: the named one, or the token's. */
export async function actorOf({ options, io, client }: Session): Promise<string> {
  const named = options.by ?? (io.env.MONGOGRANT_BY || undefined);
  if (named !== undefined) return checked('--by', email, named);
  try {
    return (await (await client()).me()).email;
  } catch (fault) {
    if (!isMongograntError(fault) || !['token_missing', 'home_missing'].includes(fault.code)) throw fault;
    // An admin starts with AWS credentials alone: hosts are added before anybody can log in.
    throw new UsageError('--by: say who you are, for the audit log: --by you@lab.org, or MONGOGRANT_BY.');
  }
}
