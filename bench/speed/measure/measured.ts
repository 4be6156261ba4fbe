/** What one part of the benchmark measured. It travels between processes, so it is plain JSON. */
export interface Measured {
  /** The heading of its table. */
  title: string;
  /** What was measured and how, in one or two paragraphs of Markdown. */
  how: string;
  /** The heads of the columns. The first column says what was measured. */
  columns: string[];
  rows: (string | number)[][];
  verdicts: Verdict[];
}

/** A figure and what it should be. */
export interface Verdict {
  /** What is compared, such as `new grant: whole / floor at 8 callers`. */
  what: string;
  value: number;
  unit?: string;
  /** None if the figure is only reported. */
  target?: { atMost: number } | { atLeast: number } | { exactly: number };
  /** Why the figure says little, such as a spread of its turns that is wider than the tolerance. */
  noisy?: string;
}

export interface Options {
  /** Measures with the largest table, too, which takes long to fill. */
  largest: boolean;
}

export function isMet({ value, target }: Verdict): boolean | undefined {
  if (!target) return undefined;
  if ('atMost' in target) return value <= target.atMost;
  return 'atLeast' in target ? value >= target.atLeast : value === target.exactly;
}
