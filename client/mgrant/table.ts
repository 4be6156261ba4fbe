import type { Paint } from './paint';
import { plain } from './plain';
import { padTo, widthOf, wrapLine } from './widths';

const gap = 2;

/**
 * Rows under a heading, in columns as wide as their widest cell, without lines between them: easy to read, and to take apart with awk.
 * A terminal that is too narrow gets cells that are broken at blanks, or else a record for each row. Empty if there are no rows.
 */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map((cell) => plain(cell).replaceAll('\n', ' ') || '-'));
  const all = [heading, ...cells];
  const widths = fitWidths(
    heading.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? '')))),
    heading.map((_, i) => Math.max(...all.map((row) => longestWord(row[i] ?? '')))),
    paint.columns,
  );
  if (widths === undefined) return `${cells.map((row) => record(heading, row, paint)).join('\n\n')}\n`;
  const [title = [], ...lines] = all.map((row) => linesOf(row, widths));
  return `${[...title.map((line) => paint.bold(line)), ...lines.flat()].join('\n')}\n`;
}

/** How wide each column is to be, to fit between the borders; none if not even its longest words do. */
function fitWidths(
  wanted: readonly number[],
  least: readonly number[],
  columns: number | undefined,
): number[] | undefined {
  if (columns === undefined) return [...wanted];
  const room = columns - gap * (wanted.length - 1);
  if (sum(least) > room) return undefined;
  const widths = [...wanted];
  while (sum(widths) > room) {
    // The widest column of those that can still give something.
    const widest = Math.max(...widths.filter((width, i) => width > (least[i] ?? 0)));
    const at = widths.findIndex((width, i) => width === widest && width > (least[i] ?? 0));
    widths[at] = widest - 1;
  }
  return widths;
}

function linesOf(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, i) => (widthOf(cell) <= (widths[i] ?? 0) ? [cell] : wrapLine(cell, widths[i] ?? 0)));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    cells
      .map((lines, i) => padTo(lines[at] ?? '', widths[i] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  );
}

/** A row that is too wide, as a line for each cell that says something. */
function record(heading: readonly string[], row: readonly string[], { bold, columns = 0 }: Paint): string {
  const width = Math.max(...heading.map(widthOf)) + 1;
  return heading
    .flatMap((title, i) => {
      const cell = row[i] ?? '-';
      const indent = ' '.repeat(width + 1);
      const lines = wrapLine(cell, columns - width - 1).join(`\n${indent}`);
      return cell === '-' ? [] : [`${bold(padTo(`${title}:`, width))} ${lines}`];
    })
    .join('\n');
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const longestWord = (text: string): number => Math.max(...text.split(' ').map(widthOf));
