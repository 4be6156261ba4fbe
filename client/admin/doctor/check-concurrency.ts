import type { Concurrency } from '../aws/read-concurrency';
import { type Finding, ok, warn } from './finding';

/** AWS lets nobody reserve the last of them. */
const keptUnreserved = 100;
/** The setting reserves so many for each job; there are three. */
const advised = 2;
const jobs = 3;
const few = 100;

const askForMore =
  'Ask for more, which is free: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000';

/** How many functions may run at once, and whether `reservedConcurrency` can be set. */
export function judgeConcurrency({ limit, unreserved }: Concurrency): Finding {
  const free = unreserved - keptUnreserved;
  const possible =
    free >= advised * jobs
      ? `reservedConcurrency can be set, up to ${Math.floor(free / jobs)}`
      : `reservedConcurrency can't be set, as AWS keeps ${keptUnreserved} for all`;
  const found = `${limit} functions may run at once in this account and region; ${possible}.`;
  return limit < few ? warn('concurrency', found, askForMore) : ok('concurrency', found);
}
