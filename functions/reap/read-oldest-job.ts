import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import { seconds } from '../../shared/policy/time';
import { awaitRun, dailyJobs, readLastRun } from '../../shared/store/job-runs';
import type { ReapDeps } from './reap-deps';

/** Seconds since the last end of the daily job that is most overdue. Nobody else would notice that a job does not run. */
export async function readOldestJob({ table, clock, log }: ReapDeps): Promise<number> {
  const now = new Date(clock());
  try {
    const runs = await together(
      dailyJobs.map(async (job) => {
        const ranAt = await readLastRun(table, job);
        if (ranAt === undefined) await awaitRun(table, job, now);
        return ranAt ?? seconds(now);
      }),
    );
    return Math.max(0, seconds(now) - Math.min(...runs));
  } catch (fault) {
    log.warn('jobs_not_read', faultOf(fault));
    return 0;
  }
}
