import ms from 'ms';
import * as v from 'valibot';

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
] as const;

/** Longer than anybody needs, and short enough for every clock, date and table. */
export const longest = v.maxValue<number, number, string>(10_000 * 86_400, 'must be at most 10000 d');

/** A duration that people write (`"15 m"`, `"0.5 h"`, `"30 d"`), in whole seconds. */
export const duration = (least: number) =>
  v.pipe(
    v.string('must be a duration such as "15 m", "0.5 h" or "30 d"'),
    v.regex(/^\d{1,9}(\.\d{1,3})? ?[smhdw]$/, 'must be a duration such as "15 m", "0.5 h" or "30 d"'),
    v.transform((text) => Math.round(ms(text as ms.StringValue) / 1000)),
    v.minValue(least, `must be at least ${least} s`),
    longest,
  );

/** Whole seconds as a duration that {@link duration} reads back. */
export function durationText(seconds: number): string {
  const unit = units.find(([, size]) => seconds > 0 && seconds % size === 0);
  return unit ? `${seconds / unit[1]} ${unit[0]}` : `${seconds} s`;
}
