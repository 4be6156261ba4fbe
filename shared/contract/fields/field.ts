import * as v from 'valibot';

/** What the OpenAPI document and editors of rules files are told of a field. */
export interface FieldWords {
  /** What the OpenAPI document calls it. */
  name: string;
  description: string;
  examples: readonly unknown[];
  /** What the check comes to, where it is code: a JSON Schema holds none. */
  pattern?: string;
  /** The forms that it may have, where its check takes several. */
  anyOf?: readonly object[];
}

/** A field of a request: its check, and the words for it. */
// @__NO_SIDE_EFFECTS__
export function field<S extends v.GenericSchema>(check: S, words: FieldWords) {
  return v.pipe(check, v.metadata({ ...words }));
}

/** The JSON Schema of a field: without the name, and with nothing beside its forms where they say all. */
export function schemaOf(words: object, { name: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  const { description, examples, anyOf } = schema;
  return 'anyOf' in words && anyOf !== undefined ? { description, examples, anyOf } : schema;
}

// @__NO_SIDE_EFFECTS__
export function text(most: number) {
  return v.pipe(v.string('must be text'), v.maxLength(most, `must be at most ${most} characters`));
}

/** Text in lower case. Plain letters only: some others, the Kelvin sign for one, become a plain letter in lower case. */
// @__NO_SIDE_EFFECTS__
export function lowered(most: number) {
  return v.pipe(
    text(most),
    v.regex(/^[ -~]*$/, 'must be plain letters, digits and signs'),
    v.transform((value) => value.toLowerCase()),
  );
}
