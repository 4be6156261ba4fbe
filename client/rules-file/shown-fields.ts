import * as v from 'valibot';

/** A schema with what editors show and check, in place of what its own field says. */
export const shown = <S extends v.GenericSchema>(schema: S, metadata: Record<string, unknown>) =>
  v.pipe(schema, v.metadata(metadata));

/** A list of fields, or one in its place, with the words of the field and `more`. `orOne` tells the JSON Schema so. */
export const oneOrMore = <S extends v.GenericSchema>(one: S, more: string) => {
  const { description, examples }: Record<string, unknown> = v.getMetadata(one);
  return v.pipe(
    v.unknown(),
    v.transform((value) => (Array.isArray(value) ? value : [value])),
    v.array(one),
    v.minLength(1, 'must name at least one'),
    v.metadata({ description: `${description} ${more}`, examples, orOne: true }),
  );
};
