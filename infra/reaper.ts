import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** Calls the reaper each minute. A call that failed is not repeated: the next minute brings another one. */
export class Reaper extends Construct {
  constructor(scope: Construct, id: string, fn: LambdaFunction) {
    super(scope, id);
    fn.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    new Rule(this, 'EachMinute', {
      description: 'mongogrant: ends what is due',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new Target(fn, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
  }
}
