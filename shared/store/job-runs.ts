import * as v from 'valibot';
import { seconds } from '../policy/time';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Table } from './table';

/** Jobs that come to their end once a day. */
export const dailyJobs = ['remind', 'reconcile'] as const;
export type DailyJob = (typeof dailyJobs)[number];

/** When a job came to its end last. */
const jobItem = v.object({ ranAt: v.number() });

/** Seconds since 1970; none where it never did, as far as can be read. */
export async function readLastRun(table: Table, job: DailyJob): Promise<number | undefined> {
  const item = await table.get(keys.jobRun(job));
  return item && readRow(table, jobItem, item)?.ranAt;
}

export async function noteRun(table: Table, job: DailyJob, now: Date): Promise<void> {
  await table.put({ ...keys.jobRun(job), ranAt: seconds(now) });
}

/** From now on somebody waits for its first end. */
export async function awaitRun(table: Table, job: DailyJob, now: Date): Promise<void> {
  await table.put({ ...keys.jobRun(job), ranAt: seconds(now) }, { if: 'attribute_not_exists(#pk)' });
}
