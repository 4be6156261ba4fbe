import * as v from 'valibot';

/** What replies are made of. */
type Node =
  | v.ObjectSchema<v.ObjectEntries, undefined>
  | v.ArraySchema<v.GenericSchema, undefined>
  | v.UnionSchema<v.GenericSchema[], undefined>
  | v.OptionalSchema<v.GenericSchema, undefined>
  | v.NullableSchema<v.GenericSchema, undefined>
  | v.StringSchema<undefined>;

/** The same schema without patience: a field that it does not name is an issue, at every depth. */
export function strict(schema: v.GenericSchema): v.GenericSchema {
  if ('pipe' in schema && Array.isArray(schema.pipe)) {
    const [first] = schema.pipe;
    return v.pipe(
      strict(first),
      v.check((value) => v.is(schema, value), 'does not pass the checks of the pipe'),
    );
  }
  const node = schema as Node;
  switch (node.type) {
    case 'object':
      return v.strictObject(Object.fromEntries(Object.entries(node.entries).map(([name, of]) => [name, strict(of)])));
    case 'array':
      return v.array(strict(node.item));
    case 'union':
      return v.union(node.options.map(strict));
    case 'optional':
      return v.optional(strict(node.wrapped));
    case 'nullable':
      return v.nullable(strict(node.wrapped));
    default:
      return schema;
  }
}
