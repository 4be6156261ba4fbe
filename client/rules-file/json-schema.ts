import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import { rulesFile } from './rules-file-schema';

/** The JSON Schema of a rules file, for editors: made from the schema that reads the file, so the two can't drift apart. */
export function rulesJsonSchema(): JsonSchema {
  return toJsonSchema(rulesFile, {
    target: 'draft-07',
    // What can't be converted is code; the patterns beside it say the same.
    errorMode: 'ignore',
    overrideAction: ({ jsonSchema }) => ('orOne' in jsonSchema ? oneOrMore(jsonSchema) : undefined),
  });
}

/** What the schema reads as a list may be written as one value, too. */
function oneOrMore(list: JsonSchema & { orOne?: unknown }): JsonSchema {
  const { orOne: _, type, items, minItems, ...about } = list;
  return {
    ...about,
    anyOf: [...(typeof items === 'object' && !Array.isArray(items) ? [items] : []), { type, items, minItems }],
  };
}
