import path from 'node:path';
import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../shared/contract/route';
import { bundling, entryOf, root, runtime } from './bundling';
import type { CustomerKey } from './customer-key';
import type { JobName } from './jobs';
import type { Network } from './network';

export interface ApiFunctionProps {
  readonly environment: Record<string, string>;
  /** What happens to its log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Encrypts its log, if set. */
  readonly key: CustomerKey | undefined;
  /** Set for a function that talks to MongoDB servers; through this network, if there is one. */
  readonly mongodb?: { readonly network: Network | undefined };
  /** How long it may run, if nobody waits for it. */
  readonly timeout?: Duration;
  /** Memory in MB, if the usual memory and share of a processor are too small. */
  readonly memory?: number;
  /** How many of it may run at once. It always can run as many, even if the account's other functions are busy. */
  readonly reserved?: number | undefined;
}

/** The function of `functions/<name>`. It may only write to its own log group until another part gives it more. */
export function apiFunction(scope: Construct, name: FunctionName | JobName, props: ApiFunctionProps): NodejsFunction {
  const { environment, removalPolicy, key, mongodb, timeout, memory, reserved } = props;
  const parts = new Construct(scope, name);
  const logGroup = new LogGroup(parts, 'Logs', {
    retention: RetentionDays.THREE_MONTHS,
    removalPolicy,
    ...(key && { encryptionKey: key.key }),
  });
  // CDK's own role would have AWS's managed policies, which reach every log group of the account.
  const role = new Role(parts, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  mongodb?.network?.attach(role);

  Validations.of(parts).acknowledge(
    {
      id: 'Serverless::Serverless-LambdaDLQ',
      reason: 'Whoever waits for an answer hears of a failure; jobs run again by their schedule, and alarms ring.',
    },
    {
      id: 'Serverless::Serverless-LambdaTracing',
      reason: 'X-Ray would need a permission on *. A request is one function and a few calls, which its log shows.',
    },
  );
  return new NodejsFunction(parts, 'Function', {
    entry: entryOf(name),
    projectRoot: root,
    depsLockFilePath: path.join(root, 'package-lock.json'),
    runtime,
    architecture: Architecture.ARM_64,
    bundling,
    environment,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    ...mongodb?.network?.placement,
    // A MongoDB server has time to answer or time out well within the 29 s that API Gateway waits.
    ...(reserved && { reservedConcurrentExecutions: reserved }),
    timeout: timeout ?? Duration.seconds(mongodb ? 15 : 10),
    // CPU grows with memory (a whole one at 1769 MB), and a cold start is all CPU: the driver doubles the code to load.
    memorySize: memory ?? (mongodb ? 1024 : 512),
    awsSdkConnectionReuse: false,
  });
}
