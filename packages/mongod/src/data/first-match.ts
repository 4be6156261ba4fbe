import type { Document } from 'mongodb';
import { isObject } from '../values/values';
import { compileCondition, compileElement, compileFilter } from './match';

/** Finds the first element of the list at a path that a filter means in a document, as the positional `$` has it. */
export function firstMatchOf(filter: Document, document: Document) {
  return (path: string, list: readonly unknown[]): number | undefined => {
    const conditions = conditionsUnder(filter, path);
    if (conditions.length === 0 || !compileFilter(filter)(document)) return undefined;
    const index = list.findIndex((element) => conditions.every((fits) => fits(element)));
    return index < 0 ? undefined : index;
  };
}

function conditionsUnder(filter: Document, path: string): ((element: unknown) => boolean)[] {
  return Object.entries(filter).flatMap(([name, condition]) => {
    if (name === '$and' && Array.isArray(condition)) return condition.flatMap((part) => conditionsUnder(part, path));
    if (name.startsWith(`${path}.`)) return [compileElement({ [name.slice(path.length + 1)]: condition })];
    if (name !== path) return [];
    if (isObject(condition) && '$elemMatch' in condition) return [compileElement(condition.$elemMatch)];
    const test = compileCondition(condition);
    return [(element: unknown) => test([element])];
  });
}
