import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

type Fault = Parameters<typeof isTransientError>[0];
const isFault = (fault: unknown): fault is Fault => typeof fault === 'object' && fault !== null && 'name' in fault;

/** Whether a fault of AWS, or one that it caused, will pass: throttling, a failure on their side, or no answer. */
export function isPassing(fault: unknown): boolean {
  if (!isFault(fault)) return false;
  const { $metadata, cause } = fault;
  // AWS's clients put it on every fault that they throw, without a status if no answer came.
  if ($metadata === undefined) return isPassing(cause);
  const unanswered = $metadata.httpStatusCode === undefined && fault.name !== 'CredentialsProviderError';
  return unanswered || isThrottlingError(fault) || isTransientError(fault) || isServerError(fault);
}
