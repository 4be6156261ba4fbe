import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isMet } from '../measure/measured';
import type { Part, Report } from './report';
import { outcomeText, targetText, valueText } from './verdicts';

/** A change that the figures asked for. */
interface Change {
  change: string;
  /** What it is about, such as `cold start of revoke / eager`. */
  figure: string;
  before: string;
  after: string;
}

/** The text of docs/performance.md. */
export async function writePage(report: Report): Promise<string> {
  const changes: Change[] = JSON.parse(await readFile(join(__dirname, 'changes.json'), 'utf8'));
  const verdicts = report.parts.flatMap((part) => part.verdicts);
  const aimed = verdicts.filter(({ target }) => target);
  const met = aimed.filter((verdict) => isMet(verdict)).length;
  const missed = aimed.filter((verdict) => isMet(verdict) === false);
  const text = [
    '# Performance',
    `\`npm run bench -- --write\` makes this page, here on ${availableParallelism()} cores${report.busy > availableParallelism() / 2 ? ` with other work (load ${report.busy})` : ''}. Figures to compare were taken in one run, in turn (A B A B); those of requests were warmed up. Ratios are medians of the turns. A ratio whose turns differ by more than 10 % is called noisy. [bench/](../bench) is the source.`,
    '## Targets',
    `${met} of ${aimed.length} targets are met.`,
    ...(missed.length > 0 ? [table(verdictHead, missed.map(verdictRow))] : []),
    ...(await reasons()),
    '## What the figures changed',
    table(
      ['change', 'figure', 'before', 'after'],
      changes.map(({ change, figure, before, after }) => [change, figure, before, after]),
    ),
    ...report.parts.flatMap(section),
  ];
  return `${text.join('\n\n')}\n`;
}

/** Why some targets are not met, and what was tried and left: written by hand. */
const reasons = async (): Promise<string[]> => [(await readFile(join(__dirname, 'reasons.md'), 'utf8')).trim()];

const verdictHead = ['what', 'figure', 'target', ''];
const verdictRow = (verdict: Parameters<typeof valueText>[0]) => [
  ...[verdict.what, valueText(verdict), targetText(verdict), outcomeText(verdict)],
];

const section = ({ title, how, columns, rows, verdicts, seconds, at, node, mongodb }: Part): string[] => [
  `## ${title}`,
  how,
  table(columns, rows),
  ...(verdicts.length > 0 ? [table(verdictHead, verdicts.map(verdictRow))] : []),
  `Measured on ${at.slice(0, 10)} in ${seconds} s, with Node.js ${node.slice(1)} and ${mongodb}.`,
];

const table = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
