import * as v from 'valibot';
import * as access from '../shared/contract/fields/access';
import * as asked from '../shared/contract/fields/asked';
import { scope } from '../shared/contract/fields/scope';
import * as terms from '../shared/contract/fields/terms';
import * as times from '../shared/contract/fields/times';

const words = v.object({ name: v.string(), description: v.string(), examples: v.array(v.unknown()) });

/** The fields of requests that have a description of their own, by their name in the document. */
export const fields: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  [access, asked, scope, terms, times]
    .flatMap((room): unknown[] => Object.values(room))
    .filter(isSchema)
    .flatMap((field) => (v.is(words, v.getMetadata(field)) ? [[wordsOf(field).name, field] as const] : []))
    .sort(([a], [b]) => a.localeCompare(b)),
);

export function wordsOf(field: v.GenericSchema): v.InferOutput<typeof words> {
  return v.parse(words, v.getMetadata(field));
}

function isSchema(value: unknown): value is v.GenericSchema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}
