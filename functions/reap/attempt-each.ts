import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import type { ReapDeps, ReapRun } from './reap-deps';

/** Few, because due grants on the hosts use the same processor and sockets, and come first. */
const atOnce = 10;

/** A write to one row, and what the log says if it fails. */
export interface Attempt<R> {
  about: Record<string, unknown>;
  act(now: Date): Promise<R | undefined>;
}

/** `all`: no attempt failed or was left out for lack of time. */
export interface Attempted<R> {
  results: R[];
  all: boolean;
  faults: number;
}

/** Makes the attempts while there is time. If one fails, the others still run. */
export async function attemptEach<R>(
  { clock, log }: Pick<ReapDeps, 'clock' | 'log'>,
  { deadline }: ReapRun,
  attempts: readonly Attempt<R>[],
): Promise<Attempted<R>> {
  const made: Attempted<R> = { results: [], all: true, faults: 0 };
  await sideBySide(atOnce, attempts, async ({ about, act }) => {
    if (clock() >= deadline) {
      made.all = false;
      return;
    }
    try {
      const result = await act(new Date(clock()));
      if (result !== undefined) made.results.push(result);
    } catch (fault) {
      log.error('mark_failed', { ...about, ...faultOf(fault) });
      made.faults += 1;
      made.all = false;
    }
  });
  return made;
}
