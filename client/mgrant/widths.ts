import { stripVTControlCharacters } from 'node:util';
import { eastAsianWidth } from 'get-east-asian-width';

/** How many columns of a terminal a text takes. Colours take none. */
export function widthOf(text: string): number {
  const shown = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(shown)) return shown.length;
  return [...new Intl.Segmenter().segment(shown)].reduce((sum, { segment }) => sum + clusterWidth(segment), 0);
}

/** What people see as one character, such as a letter with its accents, or an emoji that is made of several. */
function clusterWidth(cluster: string): number {
  if (/^[\p{Mark}\p{Default_Ignorable_Code_Point}]*$/u.test(cluster)) return 0;
  if (/\p{Emoji_Presentation}|\u{fe0f}/u.test(cluster)) return 2;
  return eastAsianWidth(cluster.codePointAt(0) ?? 0);
}

export const padTo = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** The text in lines of at most this width, broken at blanks alone. What is longer than a line by itself stays whole. */
export function wrapLine(text: string, width: number, parts = /\S+/g): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.match(parts) ?? []) {
    if (line !== undefined && widthOf(line) + 1 + widthOf(word) <= width) line += ` ${word}`;
    else {
      if (line !== undefined) lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ''];
}

/** A word; or a command to its end, as one that was broken by us would be pasted as two. */
const wholes = /mgrant [a-z].*$|\S+/g;

/** Each line of a text that is too wide, broken at blanks. What follows is indented as the line is, or by `hang`. */
export function wrapText(text: string, columns: number | undefined, hang?: number): string {
  if (columns === undefined) return text;
  const wrapped = (line: string): string => {
    if (widthOf(line) <= columns) return line;
    const [indent = ''] = /^ */.exec(stripVTControlCharacters(line)) ?? [];
    const deeper = ' '.repeat(hang ?? indent.length);
    return wrapLine(line, columns - Math.max(indent.length, deeper.length), wholes)
      .map((part, at) => `${at === 0 ? indent : deeper}${part}`)
      .join('\n');
  };
  return text.split('\n').map(wrapped).join('\n');
}
