import { BSON, type Document } from 'mongodb';
import { compareValues } from '../values/bson-order';
import { ServerError } from '../values/errors';
import { isObject, numberIn } from '../values/values';
import { evaluate, type PipelineContext, runStage } from './expressions';
import { compileFilter } from './match';
import { copyOf, valuesAt } from './paths';
import { compileProjection } from './projection';
import { changeAt } from './update-paths';

type Stage = (documents: Document[], argument: unknown, context: PipelineContext) => Document[];

/** Stages that are done here, so that the values that they pass on keep their BSON types. mingo does all others. */
const stages: Readonly<Record<string, Stage>> = {
  $match: (documents, filter) => documents.filter(compileFilter(filter)),
  $sort: (documents, order) => sorted(documents, order),
  $skip: (documents, count) => documents.slice(numberIn(count)),
  $limit: (documents, count) => documents.slice(0, numberIn(count)),
  $count: (documents, name) => (documents.length > 0 ? [{ [String(name)]: new BSON.Int32(documents.length) }] : []),
  $project: (documents, spec, { variables }) => {
    if (!isObject(spec) || Object.keys(spec).length === 0) {
      throw new ServerError(
        51272,
        'Invalid $project :: caused by :: projection specification must have at least one field',
      );
    }
    return documents.map(compileProjection(spec, undefined, variables));
  },
  $unset: (documents, names) => {
    const fields = (Array.isArray(names) ? names : [names]).map((name) => [String(name), false]);
    return documents.map(compileProjection(Object.fromEntries(fields)));
  },
  $addFields: withFields,
  $set: withFields,
  $replaceRoot: (documents, spec, context) => withRoot(documents, isObject(spec) ? spec.newRoot : spec, context),
  $replaceWith: (documents, root, context) => withRoot(documents, root, context),
};

/** Runs an aggregation pipeline over documents, none of which is changed in place. */
export function runPipeline(
  documents: readonly Document[],
  pipeline: readonly Document[],
  context: PipelineContext = {},
): Document[] {
  return pipeline.reduce<Document[]>(
    (input, stage) => {
      const [name, argument] = partsOf(stage);
      const own = Object.hasOwn(stages, name) ? stages[name] : undefined;
      return own ? own(input, argument, context) : runStage(input, stage, context);
    },
    [...documents],
  );
}

export function partsOf(stage: Document): [name: string, argument: unknown] {
  const [first, ...more] = Object.entries<unknown>(stage);
  if (first && more.length === 0) return first;
  throw new ServerError(40323, 'A pipeline stage specification object must contain exactly one field.');
}

/** The documents in the order of a sort specification; the sort is stable. */
export function sorted(documents: readonly Document[], order: unknown): Document[] {
  const fields = isObject(order) ? Object.entries(order) : [];
  const keys = new Map(
    documents.map((document) => [
      document,
      fields.map(([path, direction]) => sortKey(document, path, numberIn(direction) ?? 1)),
    ]),
  );
  return [...documents].sort((a, b) => {
    for (const [index, [, direction]] of fields.entries()) {
      const difference = compareValues(keys.get(a)?.[index], keys.get(b)?.[index]) * (numberIn(direction) ?? 1);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

/** Of an array, its least element when the sort goes up, its greatest when it goes down. */
function sortKey(document: Document, path: string, direction: number): unknown {
  const values = valuesAt(document, path).flatMap((value): unknown[] => (Array.isArray(value) ? value : [value]));
  return values.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best), values[0]);
}

function withFields(documents: Document[], fields: unknown, { variables }: PipelineContext): Document[] {
  if (!isObject(fields)) throw new ServerError(40272, '$addFields specification stage must be an object');
  return documents.map((document) => {
    const result = copyOf(document);
    for (const [path, expression] of Object.entries(fields)) {
      const value = isPlainValue(expression) ? expression : evaluate(expression, document, variables);
      changeAt(result, path, () => value);
    }
    return result;
  });
}

/** Values that mean themselves, and so need not lose their type in a calculation. */
function isPlainValue(expression: unknown): boolean {
  return (
    !isObject(expression) &&
    !Array.isArray(expression) &&
    !(typeof expression === 'string' && expression.startsWith('$'))
  );
}

function withRoot(documents: readonly Document[], root: unknown, { variables }: PipelineContext): Document[] {
  return documents.map((document) => {
    const value = evaluate(root, document, variables);
    if (!isObject(value)) throw new ServerError(40228, "'newRoot' expression must evaluate to an object");
    return value;
  });
}
