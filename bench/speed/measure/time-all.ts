import { sideBySide } from '../../../shared/async/side-by-side';
import { percentile } from '../../flood/figures';
import { median } from './turns';

/** How long some requests took, in milliseconds. */
export interface Timed {
  p50: number;
  p95: number;
  perSecond: number;
}

/** Sends these requests, so many at once. */
export async function timeAll(callers: number, sends: readonly (() => Promise<unknown>)[]): Promise<Timed> {
  const times: number[] = [];
  const began = performance.now();
  await sideBySide(callers, sends, async (send) => {
    const start = performance.now();
    await send();
    times.push(performance.now() - start);
  });
  const took = performance.now() - began;
  return { p50: median(times), p95: percentile(times, 0.95), perSecond: (sends.length / took) * 1000 };
}

/** The median of each figure. */
export const middleOf = (turns: readonly Timed[]): Timed => ({
  p50: median(turns.map(({ p50 }) => p50)),
  p95: median(turns.map(({ p95 }) => p95)),
  perSecond: median(turns.map(({ perSecond }) => perSecond)),
});
