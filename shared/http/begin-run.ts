import type { Context } from 'aws-lambda';
import type { Log } from '../aws/log';
import type { Source } from '../store/audit';

/** What Lambda tells a scheduled job. */
export type JobContext = Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>;

/**
 * One run of a job: its source in the audit log, and the time (milliseconds since 1970) after which it begins nothing. `toFinishMs`: how
 * long begun work needs.
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
