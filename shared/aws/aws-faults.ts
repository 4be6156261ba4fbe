import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

type Fault = Parameters<typeof isTransientError>[0];
const isFault = (fault: unknown): fault is Fault => typeof fault === 'object' && fault !== null && 'name' in fault;

/** Whether a fault of AWS, or one that it brought about, passes by itself: throttling, a failure of their own, or no answer. */
export function isPassing(fault: unknown): boolean {
  if (!isFault(fault)) return false;
  const { $metadata, cause } = fault;
  // Their clients leave it on whatever they throw, without a status where no answer came.
  if ($metadata === undefined) return isPassing(cause);
  const unanswered = $metadata.httpStatusCode === undefined && fault.name !== 'CredentialsProviderError';
  return unanswered || isThrottlingError(fault) || isTransientError(fault) || isServerError(fault);
}
