import { percentile } from '../../flood/figures';

/** Runs each act once to warm up, then all of them in turn (A B A B ...), so that a machine that slows down slows all. */
export async function inTurn<T extends Record<string, () => Promise<unknown>>>(
  turns: number,
  acts: T,
): Promise<{ [Name in keyof T]: Awaited<ReturnType<T[Name]>>[] }> {
  const entries = Object.entries(acts);
  const results = Object.fromEntries(entries.map(([name]) => [name, [] as unknown[]]));
  for (let turn = -1; turn < turns; turn++)
    for (const [name, act] of entries) {
      const result = await act();
      if (turn >= 0) results[name]?.push(result);
    }
  return results as { [Name in keyof T]: Awaited<ReturnType<T[Name]>>[] };
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The upper end of an interval that holds the median of what was sampled with a probability of 95 % (by order statistics). */
export function medianAtMost(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil(sorted.length / 2 + 0.98 * Math.sqrt(sorted.length));
  return sorted[Math.min(rank, sorted.length) - 1] ?? Number.NaN;
}

/** How far apart the ratios of single turns may lie: the middle half of them, as a part of their median. */
const tolerance = 0.1;

/** The median of the ratios of all turns. */
export function ratioOf(first: readonly number[], second: readonly number[]): { ratio: number; noisy?: string } {
  const ratios = first.map((value, turn) => value / (second[turn] ?? Number.NaN));
  const ratio = median(ratios);
  const spread = (percentile(ratios, 0.75) - percentile(ratios, 0.25)) / ratio;
  return { ratio, ...(spread > tolerance && { noisy: `the turns differ by ${Math.round(spread * 100)} %` }) };
}
