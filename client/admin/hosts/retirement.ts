import * as v from 'valibot';
import { keptFor } from '../../../shared/aws/kept-texts';
import { lease } from '../../../shared/store/grants';

const retired = v.object({ retiredAt: v.number() });

/** When the host with these fields was retired, in whole seconds; none for one that is in use. */
export function retirementOf(fields: Record<string, unknown>): number | undefined {
  const result = v.safeParse(retired, fields);
  return result.success ? result.output.retiredAt : undefined;
}

/**
 * From when on, in whole seconds, nothing new can begin on a retired host: a function goes on with the secret that it has read for
 * a while, and a request that began then runs for a while. No request runs as long as the lease, so some of it is left for
 * clocks that differ and for the time that writing the secret took.
 */
export const settledAt = (retiredAt: number): number => retiredAt + keptFor / 1000 + lease;
