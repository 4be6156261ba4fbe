// The fields' own checks are code, which no JSON Schema can hold: their patterns, for editors and for the OpenAPI document, stand here.
export const domain = '([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const word = "[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+";
export const address = `${word}(\\.${word})*@${domain}`;
export const hostName = '(?!.*\\.\\.)[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?(:[1-9][0-9]{0,4})?';
export const dbName = '(?!([Aa][Dd][Mm][Ii][Nn]|[Ll][Oo][Cc][Aa][Ll]|[Cc][Oo][Nn][Ff][Ii][Gg])$)[A-Za-z0-9_-]{1,63}';
export const dbPrefix = '[A-Za-z0-9_-]{1,63}';

const range = '[0-9A-Fa-f.:]+(/[0-9]{1,3})?';
export const rangesShape = {
  anyOf: [
    { type: 'array', items: { type: 'string', pattern: `^${range}$` }, minItems: 1, maxItems: 20 },
    { type: 'string', maxLength: 1000, pattern: '^[0-9A-Fa-f.:/, ]+$' },
  ],
};

export const durationShape = {
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^(?![0.]+ ?[smhdw]?$)[0-9]{1,9}((\\.[0-9]{1,3})? ?[smhdw])?$' },
  ],
};

export const notePattern = '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]*$';

export const listOrAll = (pattern: string, most: number) => ({
  anyOf: [
    { const: 'all' },
    { type: 'array', items: { type: 'string', maxLength: most, pattern: `^${pattern}$` }, minItems: 1, maxItems: 100 },
  ],
});
