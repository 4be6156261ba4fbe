import fc from 'fast-check';
import { parse, parseDocument, visit } from 'yaml';
import { yamlText } from '../../../client/rules-file/yaml-text';

const odd = [
  'no',
  'on',
  'Y',
  '2026_11',
  '0b11',
  '1_000',
  '2026-11-28',
  '~',
  'null',
  '0x1',
  '1e3',
  '12:30:45',
  '=',
  '<<',
  '',
  ' ',
];

test.each(['1.1', '1.2'] as const)('readers of YAML %s read every text as the text that it is', (version) => {
  expect(parse(yamlText({ odd }), { version })).toEqual({ odd });
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.string({ unit: 'grapheme' }), (list, text) => {
      const value = { list, below: { text } };
      expect(parse(yamlText(value), { version })).toEqual(value);
    }),
  );
});

test('every text stands between quotes; numbers, yes and no, and nothing do not', () => {
  const quoted: unknown[] = [];
  const value = { a: odd, b: { c: 'x', d: [1, true, null, 'y'] }, long: 'word '.repeat(60), lines: 'one\ntwo\n' };
  visit(parseDocument(yamlText(value)), {
    Scalar: (key, { value, type }) => void (key !== 'key' && type === 'QUOTE_DOUBLE' && quoted.push(value)),
  });
  expect(quoted).toEqual([...odd, 'x', 'y', value.long, value.lines]);
});

test('nothing in it turns a terminal around, and no reader takes it for the end of a line', () => {
  const signs = '\x7f\x85\x9b\u2028\u2029\u202e\u2066\ufeff\ufffe\uffff';
  const text = yamlText({ signs });
  expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  expect(parse(text)).toEqual({ signs });
});
