import type { Finding } from '../admin/doctor/finding';
import type { Paint } from './paint';
import { plain } from './plain';
import { wrapText } from './widths';

/** The findings of one side, under a heading. */
export interface Side {
  title: string;
  findings: readonly Finding[];
}

const painted: Record<Finding['state'], (paint: Paint) => (text: string) => string> = {
  ok: ({ green }) => green,
  warn: ({ yellow }) => yellow,
  fail: ({ red }) => red,
  skipped: ({ dim }) => dim,
};
const words: [Finding['state'], string][] = [
  ['ok', 'ok'],
  ['warn', 'to look at'],
  ['fail', 'failed'],
  ['skipped', 'skipped'],
];

/**
 * A line for each check, with what to do next under whatever is not ok, and the counts at the end.
 *
 * @example
 * warn     mail account  In the SES sandbox: mail goes to verified addresses only.
 *          -> Ask for production access: SES console, Account dashboard.
 */
export function renderFindings(sides: readonly Side[], paint: Paint): string {
  const all = sides.flatMap(({ findings }) => findings);
  const width = Math.max(...all.map(({ check }) => check.length));
  const blocks = sides.map(({ title, findings }) =>
    [paint.bold(title), ...findings.flatMap((finding) => linesOf(finding, width, paint))].join('\n'),
  );
  const counts = words.flatMap(([state, word]) => {
    const count = all.filter((finding) => finding.state === state).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return `${[...blocks, `${counts.join(', ')}.`].join('\n\n')}\n`;
}

function linesOf(finding: Finding, width: number, paint: Paint): string[] {
  const { state, check, found } = finding;
  const word = painted[state](paint)(state.padEnd(7));
  const margin = width + 11;
  const words = wrapText(`${' '.repeat(margin)}${oneLine(found)}`, paint.columns).trimStart();
  const line = `${word}  ${check.padEnd(width)}  ${words}`;
  if (finding.state === 'ok') return [line];
  return [line, wrapText(`${' '.repeat(9)}-> ${oneLine(finding.next)}`, paint.columns, 12)];
}

const oneLine = (text: string): string => plain(text).replaceAll('\n', ' ');
