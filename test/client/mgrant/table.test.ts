import fc from 'fast-check';
import colors from 'picocolors';
import { table } from '../../../client/mgrant/table';
import { widthOf, wrapText } from '../../../client/mgrant/widths';
import { runMgrant } from '../../support/run-mgrant';

const paint = (columns?: number) => ({ ...colors.createColors(false), columns });
const heading = ['WHICH', 'HOST', 'NOTE'];
const rows = [
  ['allow', 'mongodb03.lab.org', 'until the beam time is over, then no more'],
  ['deny', 'h', ''],
];

test('in a pipe a row is a line, however long', () => {
  expect(table(heading, rows, paint())).toBe(
    [
      'WHICH  HOST               NOTE',
      'allow  mongodb03.lab.org  until the beam time is over, then no more',
      'deny   h                  -',
      '',
    ].join('\n'),
  );
});

test('a terminal that is too narrow gets cells that are broken at blanks', () => {
  expect(table(heading, rows, paint(46))).toBe(
    [
      'WHICH  HOST               NOTE',
      'allow  mongodb03.lab.org  until the beam time',
      '                          is over, then no',
      '                          more',
      'deny   h                  -',
      '',
    ].join('\n'),
  );
});

test('where words alone are too wide, each row is a record of what it says', () => {
  expect(table(heading, rows, paint(24))).toBe(
    [
      'WHICH: allow',
      'HOST:  mongodb03.lab.org',
      'NOTE:  until the beam',
      '       time is over,',
      '       then no more',
      '',
      'WHICH: deny',
      'HOST:  h',
      '',
    ].join('\n'),
  );
});

test.each([
  ['abc', 3],
  ['漢字', 4],
  ['e\u0301', 1],
  ['👩‍🔬', 2],
  ['❤️', 2],
  ['ｱ', 1],
  ['\u001b[1mx\u001b[22m', 1],
])('%j takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

test('wide characters stand in their column', () => {
  expect(
    table(
      ['A', 'B'],
      [
        ['漢字', 'x'],
        ['ab', 'y'],
      ],
      paint(),
    ),
  ).toBe('A     B\n漢字  x\nab    y\n');
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', '漢', '.', '👩‍🔬'), minLength: 1, maxLength: 12 });
const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));

test('no word is broken or lost, and no line is wider than the terminal but for a word that is', () => {
  const property = fc.property(
    fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 32, max: 100 }),
    (rows, columns) => {
      const lines = table(['X', 'YY', 'ZZZ'], rows, paint(columns)).split('\n');
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      const sorted = (words: string[]) => words.filter((one) => one && !/^(X|YY|ZZZ):?$/.test(one)).toSorted();
      expect(sorted(lines.join(' ').split(' '))).toEqual(sorted(rows.flat().join(' ').split(' ')));
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test('long messages are broken at blanks, commands are not, and what follows is indented as the line was', () => {
  expect(wrapText('  one two three four', 12)).toBe('  one two\n  three four');
  expect(wrapText('To log in: mgrant login you@lab.org --endpoint URL', 30)).toBe(
    'To log in:\nmgrant login you@lab.org --endpoint URL',
  );
  expect(wrapText('one two', undefined)).toBe('one two');
});

test('errors, notes and help are as wide as the terminal', async () => {
  const columns = () => 40;
  const { err } = await runMgrant(['whoami'], { columns, settings: '/nowhere/none.json' });
  expect(err.split('\n').every((line) => line.length <= 40 || line.startsWith('mgrant '))).toBe(true);
  expect(err).toMatch(/^error: \S[^\n]+\n/);
  const { out } = await runMgrant(['db', '--help'], { columns: () => 60 });
  for (const line of out.split('Examples:')[0]?.split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(60);
  expect(out).not.toBe((await runMgrant(['db', '--help'])).out);
});
