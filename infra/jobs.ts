/** The functions that run on a schedule. */
export const scheduledJobs = ['reap', 'remind', 'reconcile'] as const;
export type ScheduledJob = (typeof scheduledJobs)[number];

/** The functions that AWS calls without a route. */
export const jobs = [...scheduledJobs, 'rotate-admin-password', 'note-feedback'] as const;
export type JobName = (typeof jobs)[number];
