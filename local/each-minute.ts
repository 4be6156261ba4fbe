const minute = 60_000;

/** Stands in for the schedule: runs the job each minute, never twice at the same time. Closing waits for a run that is under way. */
export function eachMinute(run: () => Promise<void>): { close(): Promise<void> } {
  let under = Promise.resolve();
  let running = false;
  const once = async () => {
    running = true;
    // The job has written to its log what went wrong.
    await run().catch(() => {});
    running = false;
  };
  const timer = setInterval(() => {
    if (!running) under = once();
  }, minute);
  return {
    close: async () => {
      clearInterval(timer);
      await under;
    },
  };
}
