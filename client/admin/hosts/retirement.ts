import * as v from 'valibot';
import { keptFor } from '../../../shared/aws/kept-texts';
import { lease } from '../../../shared/store/lease';

const retired = v.object({ retiredAt: v.number() });

/** When the host with these fields was retired, in whole seconds; none for one that is in use. */
export function retirementOf(fields: Record<string, unknown>): number | undefined {
  const result = v.safeParse(retired, fields);
  return result.success ? result.output.retiredAt : undefined;
}

/**
 * The moment, in whole seconds, from which nothing new can begin on a retired host. A function keeps a secret that it has read for
 * a while, and a request that began with it runs for a while. No request runs as long as the lease, so the rest of the lease covers
 * clocks that differ, and the time that it took to write the secret.
 */
export const settledAt = (retiredAt: number): number => retiredAt + keptFor / 1000 + lease;
