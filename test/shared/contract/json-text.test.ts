import { parseJsonText } from '../../../shared/contract/json-text';

test('a byte-order mark in front is no part of the text', () => {
  expect(parseJsonText('\uFEFF{"a":1}')).toEqual({ a: 1 });
  expect(parseJsonText('{"a":"\uFEFF"}')).toEqual({ a: '\uFEFF' });
  expect(() => parseJsonText('\uFEFF\uFEFF{}')).toThrow(SyntaxError);
});
