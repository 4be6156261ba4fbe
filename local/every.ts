<<<<<<<< HEAD:local/again.ts
/** Milliseconds. */
export const minute = 60_000;

/** Stands in for a schedule: runs the job again and again, never twice at the same time. Closing waits for a run that is under way. */
export function again(every: number, run: () => Promise<void>): { close(): Promise<void> } {
========
/** Stands in for a schedule: runs the job every so many seconds, never twice at the same time. Closing waits for a run that is under way. */
export function every(seconds: number, run: () => Promise<void>): { close(): Promise<void> } {
>>>>>>>> c2933ee (feat(reconcile): compare hosts and grants both ways, and set right what differs):local/every.ts
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
<<<<<<<< HEAD:local/again.ts
  }, every);
========
  }, seconds * 1000);
>>>>>>>> c2933ee (feat(reconcile): compare hosts and grants both ways, and set right what differs):local/every.ts
  return {
    close: async () => {
      clearInterval(timer);
      await under;
    },
  };
}
