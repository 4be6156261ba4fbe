import type { Context } from 'aws-lambda';
import type { Log } from '../aws/log';
import type { Source } from '../store/audit';

/** What a job that nobody waits for is told by Lambda. */
export type JobContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

/**
 * One run of a job: who it is for the audit log, and until when (milliseconds since 1970) it begins anything. `toFinishMs`: what is under
 * way when the time is up needs so much of it to finish.
 */
export function beginRun(
  log: Log,
  context: JobContext,
  { job, toFinishMs }: { job: string; toFinishMs: number },
): { source: Source; deadline: number } {
  const { awsRequestId: requestId } = context;
  log.about?.({ lambdaRequestId: requestId });
  return { source: { requestId, ip: job }, deadline: Date.now() + context.getRemainingTimeInMillis() - toFinishMs };
}
