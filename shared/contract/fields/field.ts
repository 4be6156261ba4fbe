import * as v from 'valibot';
import { hasBlankBeforeAt, isPlainBeforeAt, storedAddress } from '../stored-address';

/** The words about a field, for the OpenAPI document and for editors of rules files. */
export interface FieldWords {
  /** What the OpenAPI document calls it. */
  name: string;
  description: string;
  examples: readonly unknown[];
  /** A pattern for a check in code, which a JSON Schema can't hold. */
  pattern?: string;
  /** The possible forms, if the check accepts several. */
  anyOf?: readonly object[];
}

/** A field of a request: its check, and the words for it. */
// @__NO_SIDE_EFFECTS__
export function field<S extends v.GenericSchema>(check: S, words: FieldWords) {
  return v.pipe(check, v.metadata({ ...words }));
}

/** The JSON Schema of a field, without its name. If `words` list its forms, these stand for the whole check. */
export function schemaOf(words: object, { name: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  const { description, examples, anyOf } = schema;
  return 'anyOf' in words && anyOf !== undefined ? { description, examples, anyOf } : schema;
}

// @__NO_SIDE_EFFECTS__
export function text(most: number) {
  return v.pipe(v.string('must be text'), v.maxLength(most, `must be at most ${most} characters`));
}

/** Text in lower case. Only plain letters: some others, such as the Kelvin sign, would become a plain letter. */
// @__NO_SIDE_EFFECTS__
export function lowered(most: number) {
  return v.pipe(
    text(most),
    v.regex(/^[ -~]*$/, 'must be plain letters, digits and signs'),
    v.transform((value) => value.toLowerCase()),
  );
}

/** An address, or a pattern for several, in the form that is stored. */
// @__NO_SIDE_EFFECTS__
export function addressed(most: number) {
  return v.pipe(
    text(most),
    v.check(
      (value) => !hasBlankBeforeAt(value),
      'has a blank before its @. In a form or a query a + must be written %2B (curl: --data-urlencode)',
    ),
    v.check(isPlainBeforeAt, 'may have only plain letters, digits and signs before its @'),
    v.transform(storedAddress),
  );
}
