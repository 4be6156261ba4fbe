/** Stands in for a schedule: runs the job every few seconds, never twice at once. Closing waits for a run that is under way. */
export function every(seconds: number, run: () => Promise<void>, first?: 'at once'): { close(): Promise<void> } {
  let under = Promise.resolve();
  let running = false;
  const once = async () => {
    running = true;
    // The job has logged what went wrong.
    await run().catch(() => {});
    running = false;
  };
  const tick = () => {
    if (!running) under = once();
  };
  if (first) tick();
  const timer = setInterval(tick, seconds * 1000);
  return {
    close: async () => {
      clearInterval(timer);
      await under;
    },
  };
}
