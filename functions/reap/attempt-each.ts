import { sideBySide } from '../../shared/async/side-by-side';
import { faultOf } from '../../shared/aws/fault-of';
import type { ReapDeps, ReapRun } from './reap-deps';

/** Few, as what is due on the hosts goes through the same processor and the same sockets, and comes first. */
const atOnce = 10;

/** What is written about one row, and what the log says of it if that fails. */
export interface Attempt<R> {
  about: Record<string, unknown>;
  act(now: Date): Promise<R | undefined>;
}

/** `all`: none was left out, as the time was up or it failed. */
export interface Attempted<R> {
  results: R[];
  all: boolean;
  faults: number;
}

/** Makes each attempt that the time allows. What fails at one row is no reason to leave out the others. */
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
