import fc from 'fast-check';
import { headerOf, parseSender, senderOf } from '../../../shared/aws/sender';

const header = (written: string) => headerOf(senderOf(written));

test.each([
  ['no-reply@lab.org', 'no-reply@lab.org'],
  ['<no-reply@lab.org>', 'no-reply@lab.org'],
  ['mongogrant <no-reply@lab.org>', 'mongogrant <no-reply@lab.org>'],
  ['"mongogrant" <No-Reply@Lab.org>', 'mongogrant <No-Reply@Lab.org>'],
  ['"Grants, Lab" <no-reply@lab.org>', '"Grants, Lab" <no-reply@lab.org>'],
  ['Grants, Lab <no-reply@lab.org>', '"Grants, Lab" <no-reply@lab.org>'],
  ['Dr. No (grants); a@b <no-reply@lab.org>', '"Dr. No (grants); a@b" <no-reply@lab.org>'],
  ['"the \\"lab\\" \\\\ group" <no-reply@lab.org>', '"the \\"lab\\" \\\\ group" <no-reply@lab.org>'],
  [
    'Labor für Physik, Gruppe A <no-reply@lab.org>',
    '=?UTF-8?B?TGFib3IgZsO8ciBQaHlzaWssIEdydXBwZSBB?= <no-reply@lab.org>',
  ],
])('%s is sent as %s', (written, sent) => {
  expect(header(written)).toBe(sent);
});

test.each(['no-reply@lab', 'Lab <no-reply@localhost>', 'Lab <no-reply@münchen.example>', 'Lab <>', 'nobody'])(
  '%s is refused, by the address in it',
  (written) => {
    const address = /<(.*)>/.exec(written)?.[1] ?? written;
    expect(parseSender(written)).toEqual({ wrong: expect.stringContaining(JSON.stringify(address)) });
    expect(() => senderOf(written)).toThrow('mailFrom must hold an address');
  },
);

test.each([
  'Lab <a@lab.org> <b@lab.org>',
  '"Lab <a@lab.org>',
  'La"b <a@lab.org>',
  'Lab\r\nBcc: b@lab.org <a@lab.org>',
  'Lab\0 <a@lab.org>',
  `${'a'.repeat(129)} <a@lab.org>`,
])('%j is no sender', (written) => {
  expect(parseSender(written)).toHaveProperty('wrong');
});

test('whatever the name is, one line of plain ASCII goes out, and the name and one address come in', () => {
  const letters = fc.string({
    unit: fc.oneof(fc.constantFrom('ü', '語', '🔬', '"', '\\', ',', ' '), fc.string({ maxLength: 1 })),
    maxLength: 100,
  });
  fc.assert(
    fc.property(letters, (letter) => {
      const written = `"${letter.replace(/["\\]/g, '\\$&')}" <a@lab.org>`;
      const sender = parseSender(written);
      fc.pre(!('wrong' in sender));
      const sent = headerOf(senderOf(written));
      expect(sent).toMatch(/^[ -~]*$/);
      expect(sent.split(' ').filter((word) => word.startsWith('=?') && word.length > 75)).toEqual([]);
      expect(nameRead(sent)).toBe(letter.trim());
      expect(sent).toMatch(/(^|<)a@lab\.org>?$/);
    }),
    { numRuns: 1000 },
  );
});

/** As a mail program reads it: quoted, encoded or bare. */
function nameRead(sent: string): string {
  const name = sent.replace(/ ?<?a@lab\.org>?$/, '');
  if (name.startsWith('"')) return name.slice(1, -1).replace(/\\(.)/g, '$1');
  if (!name.startsWith('=?UTF-8?B?')) return name;
  const words = name.split(' ').map((word) => /^=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=$/.exec(word)?.[1] ?? '');
  // Each word is text of its own: no letter lies over two of them.
  const texts = words.map((word) => new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(word, 'base64')));
  return texts.join('');
}
