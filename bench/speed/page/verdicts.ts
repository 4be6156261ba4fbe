import { isMet, type Verdict } from '../measure/measured';

export const valueText = ({ value, unit }: Verdict): string => `${rounded(value)}${unit ? ` ${unit}` : ''}`;

const rounded = (value: number): number => Number(value.toFixed(Math.abs(value) < 10 ? 2 : 0));

export function targetText({ target, unit }: Verdict): string {
  if (!target) return '';
  const [[kind = '', limit = 0] = []] = Object.entries(target);
  const words: Record<string, string> = { atMost: 'at most', atLeast: 'at least', exactly: 'exactly' };
  return `${words[kind]} ${limit}${unit ? ` ${unit}` : ''}`;
}

/** `met`, `not met`, or nothing if there is no target; a noisy figure says so. */
export function outcomeText(verdict: Verdict): string {
  const met = isMet(verdict);
  const outcome = met === undefined ? '' : met ? 'met' : 'not met';
  return verdict.noisy ? `${outcome} (noisy: ${verdict.noisy})`.trim() : outcome;
}

/** The lines of a table for a terminal. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  const cells = verdicts.map((verdict) => [
    ...[verdict.what, valueText(verdict), targetText(verdict), outcomeText(verdict)],
  ]);
  const width = (column: number) => Math.max(0, ...cells.map((row) => row[column]?.length ?? 0));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  );
}
