import ms from 'ms';
import type { DailyJob } from '../../../shared/store/job-runs';
import { type Finding, fail, ok, operations, warn } from './finding';

/** Seconds; as the alarm for a daily job that is late. */
const tooLong = 30 * 3600;

/** `ranAt`: when a daily job came to its end, or was first waited for; seconds since 1970. */
export function judgeDailyJob(job: DailyJob, ranAt: number | undefined, now: Date): Finding {
  if (ranAt === undefined)
    return warn(
      job,
      'The table does not say that it ever ran, nor that the reaper looked for it.',
      'Run mgrant doctor again some minutes after the deployment. Then: docs/operations.md#a-daily-job-is-late-or-fails',
    );
  const age = Math.max(0, now.getTime() - ranAt * 1000);
  const ago = ms(age, { long: true });
  return age / 1000 < tooLong
    ? ok(job, `It came to its end ${ago} ago, or was first waited for then.`)
    : fail(job, `It has not come to its end for ${ago}.`, operations('a-daily-job-is-late-or-fails'));
}

/** Logins that should have been dead for five minutes: `hosts` has one entry for each. */
export function judgeOverdue(hosts: readonly string[]): Finding {
  if (hosts.length === 0) return ok('ends', 'Every login that is over has ended.');
  const where = [...new Set(hosts)].join(', ');
  return fail(
    'ends',
    `${hosts.length} that should be dead for five minutes may be alive, on ${where}.`,
    operations('a-credential-is-overdue'),
  );
}
