/** The functions that run again and again, by the clock. */
export const scheduledJobs = ['reap', 'remind', 'reconcile'] as const;
export type ScheduledJob = (typeof scheduledJobs)[number];

/** The functions that no route leads to: AWS calls them. */
export const jobs = [...scheduledJobs, 'rotate-admin-password', 'note-feedback'] as const;
export type JobName = (typeof jobs)[number];
