import type { Paint } from './paint';
import { plain } from './plain';

/**
 * Rows under a heading, in columns as wide as their widest cell, without lines between them: easy to read, and to take apart with awk.
 * Empty if there are no rows.
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map((cell) => plain(cell).replaceAll('\n', ' ') || '-'));
  const widths = heading.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[paint.bold(line(heading)), ...cells.map(line)].join('\n')}\n`;
}
