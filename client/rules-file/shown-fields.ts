import * as v from 'valibot';

// The fields' own checks are code, which no JSON Schema can hold: their patterns for editors stand here.
export const domain = '([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const word = "[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+";
export const address = `${word}(\\.${word})*@${domain}`;
export const hostName = '(?!.*\\.\\.)[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?(:[1-9][0-9]{0,4})?';
export const dbName = '(?!([Aa][Dd][Mm][Ii][Nn]|[Ll][Oo][Cc][Aa][Ll]|[Cc][Oo][Nn][Ff][Ii][Gg])$)[A-Za-z0-9_-]{1,63}';
export const range = '[0-9A-Fa-f.:]+(/[0-9]{1,3})?';

/** A schema with what editors show and check. */
export const shown = <S extends v.GenericSchema>(schema: S, metadata: Record<string, unknown>) =>
  v.pipe(schema, v.metadata(metadata));

/** A list, or one value in its place. `orOne` tells the JSON Schema so. */
export const oneOrMore = <S extends v.GenericSchema>(one: S, metadata: Record<string, unknown>) =>
  v.pipe(
    v.unknown(),
    v.transform((value) => (Array.isArray(value) ? value : [value])),
    v.array(one),
    v.minLength(1, 'must name at least one'),
    v.metadata({ ...metadata, orOne: true }),
  );

export const listOrAll = (pattern: string, most: number) => ({
  anyOf: [
    { const: 'all' },
    { type: 'array', items: { type: 'string', maxLength: most, pattern: `^${pattern}$` }, minItems: 1, maxItems: 100 },
  ],
});
