import fc from 'fast-check';

/** Texts of every kind, and those that programs trip over. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ maxLength: 80 }),
  fc.emailAddress(),
  fc.domain(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '*',
    '',
    '0',
    '1e309',
    '-0',
    '999999999 w',
    '2026-12-31T00:00:00Z',
  ),
);
