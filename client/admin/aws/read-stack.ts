import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { attempts, patient } from '../../../shared/aws/aws-requests';

/** The stack of a deployment, as CloudFormation has it. */
export interface StackFacts {
  /** Such as `UPDATE_COMPLETE`. */
  status: string;
  outputs: Record<string, string>;
}

/** One call. None where there is no stack of this name in the account and region. */
export async function readStack(name: string): Promise<StackFacts | undefined> {
  const client = patient(new CloudFormationClient(attempts));
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (!stack) return undefined;
    const outputs = (stack.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]);
    return { status: stack.StackStatus ?? 'unknown', outputs: Object.fromEntries(outputs) };
  } catch (fault) {
    // CloudFormation has no code of its own for it.
    if (fault instanceof Error && fault.name === 'ValidationError' && /does not exist/.test(fault.message))
      return undefined;
    throw fault;
  } finally {
    client.destroy();
  }
}
