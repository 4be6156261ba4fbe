import type { Document } from 'mongodb';
import type { Need } from '../../auth/terms';
import { partsOf, runPipeline } from '../../data/pipeline';
import { select } from '../../data/query';
import { ServerError } from '../../values/errors';
import { isObject, truthy, typeName } from '../../values/values';
import type { Call, Command } from '../command';
import { firstReply } from '../first-reply';
import { documentsOf } from '../namespaces';
import { writeResults, writeTarget } from './pipeline-output';
import { sourceNeeds, sourceOf } from './pipeline-source';

export const aggregate: Command = {
  name: 'aggregate',
  check({ body }) {
    stagesIn(body.pipeline);
    if (truthy(body.explain)) throw new ServerError(115, 'this server explains no pipelines');
    if (body.cursor !== undefined && !isObject(body.cursor))
      throw new ServerError(14, 'cursor field must be an object');
    if (body.cursor === undefined) throw new ServerError(9, "The 'cursor' option is required");
  },
  needs: needsOf,
  async run(call) {
    const { server, db, body, operation } = call;
    const stages = stagesIn(body.pipeline);
    const source = sourceOf(call, stages);
    const output = writeTarget(db, stages.at(-1));
    const rest = stages.slice(source.taken, output ? -1 : undefined);
    // A search at the front can be interrupted.
    const [first, ...more] = rest;
    const matched = isObject(first?.$match)
      ? await select(operation, source.documents, { filter: first.$match })
      : source.documents;
    const results = runPipeline(matched, isObject(first?.$match) ? more : rest, {
      variables: body.let,
      collection: (name) => documentsOf(call, name),
    });
    if (output) writeResults(server, output, results);
    const shown = { ns: source.ns, documents: output ? [] : results };
    return firstReply(call, shown, { batchSize: body.cursor?.batchSize });
  },
};

function stagesIn(pipeline: unknown): Document[] {
  if (!Array.isArray(pipeline)) throw new ServerError(14, "'pipeline' option must be specified as an array");
  return pipeline.map((stage: unknown) => {
    if (!isObject(stage))
      throw new ServerError(14, `Each element of the 'pipeline' array must be an object, not ${typeName(stage)}`);
    partsOf(stage);
    return stage;
  });
}

function needsOf(call: Call): Need[] {
  const stages = stagesIn(call.body.pipeline);
  const find = (collection: string): Need => ({ action: 'find', on: { db: call.db, collection } });
  const target = writeTarget(call.db, stages.at(-1));
  return [...sourceNeeds(call, stages), ...collectionsIn(stages).map(find), ...(target?.needs ?? [])];
}

/** Other collections that the stages read, those in their inner pipelines included. */
function collectionsIn(stages: readonly Document[]): string[] {
  return stages.flatMap(({ $lookup, $graphLookup, $unionWith, $facet }) => [
    ...[$lookup?.from, $graphLookup?.from, $unionWith?.coll, $unionWith].filter((name) => typeof name === 'string'),
    ...[$lookup?.pipeline, $unionWith?.pipeline, ...Object.values($facet ?? {})]
      .filter(Array.isArray)
      .flatMap((inner: unknown[]) => collectionsIn(inner.filter(isObject))),
  ]);
}
