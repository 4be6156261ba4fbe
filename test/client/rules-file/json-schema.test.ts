import { readFileSync } from 'node:fs';
import Ajv, { type AnySchema } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { rulesJsonSchema } from '../../../client/rules-file/json-schema';
import { parseRulesFile } from '../../../client/rules-file/parse-rules-file';

const now = new Date('2026-11-25T08:00:00Z');
const schema: AnySchema = JSON.parse(readFileSync('docs/rules.schema.json', 'utf8'));
const example = readFileSync('examples/rules.yaml', 'utf8');
const accepts = new Ajv({ allErrors: true }).compile(schema);
/** As an editor reads the file. */
const read = (text: string): unknown => parse(text, { merge: true });

const rule = { email: 'ada@lab.org', host: 'h', db: 'fw_*', role: 'read', which: 'allow' };
const ruler = { email: 'r@lab.org', hosts: 'all', dbs: ['fw_'], emails: ['@lab.org'], which: ['allow'] };
const refused = (change: object, of: 'rule' | 'ruler' = 'rule') =>
  !accepts(of === 'rule' ? { rules: [{ ...rule, ...change }] } : { rulers: [{ ...ruler, ...change }] });
const refusedByClient = (change: object, of: 'rule' | 'ruler' = 'rule') => {
  const file = of === 'rule' ? { rules: [{ ...rule, ...change }] } : { rulers: [{ ...ruler, ...change }] };
  return 'problems' in parseRulesFile(JSON.stringify(file), now);
};

test('docs/rules.schema.json is current; if not, run "npm run schema"', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(rulesJsonSchema())));
});

test('every field says what it is for', () => {
  const { properties } = JSON.parse(JSON.stringify(schema));
  for (const list of [properties, properties.rules.items.properties, properties.rulers.items.properties])
    for (const field of Object.values(list)) expect(field).toMatchObject({ description: expect.stringMatching(/\.$/) });
});

test('the example is a rules file, for the editor and for the client', () => {
  expect(example).toMatch(/^# yaml-language-server: \$schema=\.\.\/docs\/rules\.schema\.json\n/);
  expect([accepts(read(example)), accepts.errors]).toEqual([true, null]);
  const parsed = parseRulesFile(example, now);
  expect(parsed).toMatchObject({ file: { unlisted: 'remove', rulers: [{ email: 'grace@lab.org' }] } });
  if ('file' in parsed) expect(parsed.file.rules).toHaveLength(14);
});

test('typical mistakes are marked while one writes', () => {
  const mistakes: object[] = [
    { email: '@lab.org' },
    { email: 'ada@lab' },
    { email: 'a*@lab.org' },
    { email: ['ada@lab.org', 'grace'] },
    { email: [] },
    { host: 'mongodb://h' },
    { host: 12 },
    { host: 'h..org' },
    { db: 'admin' },
    { db: ['fw_*', 'Local'] },
    { db: 'f*w' },
    { db: 2024 },
    { role: 'write' },
    { which: true },
    { expires: '2027-01-01' },
    { expires: 'tomorrow' },
    { maxTtl: '7 days' },
    { maxTtl: '0 s' },
    { maxTtl: 0 },
    { cidrs: [] },
    { cidrs: ['everywhere'] },
    { note: 'two\nlines' },
    { maxttl: '7 d' },
    { db: undefined },
  ];
  for (const mistake of mistakes) {
    expect([mistake, refused(mistake)]).toEqual([mistake, true]);
    expect([mistake, refusedByClient(mistake)]).toEqual([mistake, true]);
  }
  for (const mistake of [
    { hosts: 'h' },
    { dbs: ['fw_*'] },
    { emails: ['lab.org'] },
    { which: 'allow' },
    { which: ['maybe'] },
    { hosts: [] },
  ])
    expect([mistake, refused(mistake, 'ruler'), refusedByClient(mistake, 'ruler')]).toEqual([mistake, true, true]);
  for (const file of [{ rule: [] }, { rules: {} }, { unlisted: 'delete' }, []]) expect(accepts(file)).toBe(false);
});

test('an editor marks nothing that the client takes', () => {
  const texts = (...some: string[]) => fc.oneof(fc.constantFrom(...some), fc.string({ maxLength: 6 }));
  const near = (characters: string, maxLength = 20) =>
    fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength });
  const fields: Record<string, fc.Arbitrary<unknown>> = {
    email: fc.oneof(texts('*', '*@LAB.org', "o'neil+x@a-b.c1.org"), near('aZ9.@*-+')),
    host: fc.oneof(texts('*', 'H.lab.org:27017', 'h:0', '_h'), near('aZ9.:*-_')),
    db: fc.oneof(texts('*', 'Adm*', 'admin*', 'config_', 'x'.repeat(63)), near('aZ9*_-')),
    expires: texts(
      '2027-06-30T00:00:00Z',
      '2027-06-30 00:00:00.123456 +02',
      '2027-06-30T00:00Z',
      '2028-02-30T00:00:00Z',
    ),
    maxTtl: fc.oneof(texts('7 d', '0.5h', '60', '1.5', '0 s', '00 d', '2 w'), fc.integer(), fc.double()),
    cidrs: fc.oneof(
      texts('10.0.0.0/8, ::1', '::ffff:1.2.3.4/128'),
      fc.array(near('1:./f'), { maxLength: 2 }),
      fc.constant(['::1', '1.2.3.4/32']),
    ),
    note: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 210 }), fc.constant('')),
  };
  let taken = 0;
  for (const [field, values] of Object.entries(fields))
    fc.assert(
      fc.property(values, (value) => {
        if (refusedByClient({ [field]: value })) return;
        taken += 1;
        if (refused({ [field]: value })) throw new Error(`${field}: ${JSON.stringify(value)}`);
      }),
      { numRuns: 500 },
    );
  expect(taken).toBeGreaterThan(700);
});
