import * as v from 'valibot';

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
