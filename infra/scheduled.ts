import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface ScheduledProps {
  readonly fn: LambdaFunction;
  readonly every: Duration;
  /** What the job does, for people who look at the schedule. */
  readonly description: string;
}

const later = 'The next call does what this one left; alarms ring when the job fails, or does not run.';

/** Calls a job on a schedule. A failed call is not repeated, as the next one comes anyway. */
export class Scheduled extends Construct {
  constructor(scope: Construct, id: string, { fn, every, description }: ScheduledProps) {
    super(scope, id);
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    fn.configureAsyncInvoke(once);
    for (const construct of [this, fn])
      Validations.of(construct).acknowledge(
        { id: 'Serverless::Serverless-EventBusDLQ', reason: later },
        { id: 'Serverless::Serverless-LambdaAsyncFailureDestination', reason: later },
      );
    new Rule(this, 'Schedule', {
      description: `mongogrant: ${description}`,
      schedule: Schedule.rate(every),
      targets: [new Target(fn, once)],
    });
  }
}
