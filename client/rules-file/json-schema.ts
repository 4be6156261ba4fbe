import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { schemaOf } from '../../shared/contract/fields/field';
import { rulesFile } from './rules-file-schema';

/** The JSON Schema of a rules file, for editors: made from the schema that reads the file, so the two can't drift apart. */
export function rulesJsonSchema(): JsonSchema {
  return toJsonSchema(rulesFile, {
    target: 'draft-07',
    // Code can't be converted. The patterns beside it say the same.
    errorMode: 'ignore',
    overrideAction: ({ valibotAction, jsonSchema }) => {
      if (!isMetadata(valibotAction)) return undefined;
      return 'orOne' in jsonSchema ? oneOrMore(jsonSchema) : schemaOf(valibotAction.metadata, { ...jsonSchema });
    },
  });
}

/** What the schema reads as a list may be written as one value, too. */
function oneOrMore(list: JsonSchema & { orOne?: unknown }): JsonSchema {
  const { orOne: _, type, items, minItems, ...about } = list;
  if (typeof items !== 'object' || Array.isArray(items)) return list;
  // What the list says holds for each of its items.
  const { description: _d, examples: _e, ...item } = items;
  return { ...about, anyOf: [item, { type, items: item, minItems }] };
}

const isMetadata = (action: object): action is { metadata: object } =>
  v.is(v.object({ metadata: v.object({}) }), action);
