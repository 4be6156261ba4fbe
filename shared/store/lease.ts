/** Seconds: longer than any request can run, so that after it nothing of one is still under way. */
export const lease = 60;
