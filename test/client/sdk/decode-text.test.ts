import { decodeText } from '../../../client/sdk/decode-text';

const text = 'labor: für Physik\n';
const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
  ['UTF-16, as > of PowerShell 5 writes', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16 the other way round', swapped(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
])('a file is read in the way in which it was written: %s', (_, bytes) => {
  expect(decodeText(bytes)).toBe(text);
});

test('nothing is nothing', () => {
  expect(decodeText(new Uint8Array())).toBe('');
});
