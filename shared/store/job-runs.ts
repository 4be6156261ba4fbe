import * as v from 'valibot';
import { seconds } from '../policy/time';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Table } from './table';

/** Jobs that finish once a day. */
export const dailyJobs = ['remind', 'reconcile'] as const;
export type DailyJob = (typeof dailyJobs)[number];

/** When a job last finished. */
const jobItem = v.object({ ranAt: v.number() });

/** Seconds since 1970; none if it never finished or the item can't be read. */
export async function readLastRun(table: Table, job: DailyJob): Promise<number | undefined> {
  const item = await table.get(keys.jobRun(job));
  return item && readRow(table, jobItem, item)?.ranAt;
}

export async function noteRun(table: Table, job: DailyJob, now: Date): Promise<void> {
  await table.put({ ...keys.jobRun(job), ranAt: seconds(now) });
}

/** Notes that its first end is awaited from now on. */
export async function awaitRun(table: Table, job: DailyJob, now: Date): Promise<void> {
  await table.put({ ...keys.jobRun(job), ranAt: seconds(now) }, { if: 'attribute_not_exists(#pk)' });
}
