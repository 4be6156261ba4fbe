import { attempts } from '../../shared/aws/aws-requests';

/** What a function waits for a service of AWS. */
const real = { ...attempts.requestHandler };

/**
 * The services live in the process that asks them here: on a busy machine both are late together, and no service is silent. A test that
 * is about a silent one asks for the real limits.
 */
Object.assign(attempts.requestHandler, { connectionTimeout: 20_000, requestTimeout: 20_000 });

export function useRealLimits(): void {
  Object.assign(attempts.requestHandler, real);
}
