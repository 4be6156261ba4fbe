import { BSON, type Document } from 'mongodb';
import { sameValue } from '../values/bson-order';
import { ServerError } from '../values/errors';
import { isObject, typeName } from '../values/values';
import { firstMatchOf } from './first-match';
import { compileFilter, hasOperators } from './match';
import { copyOf } from './paths';
import { runPipeline } from './pipeline';
import { changes } from './update-operators';
import { type Change, changeAt, changeAtPositions, type Positions, valueAt } from './update-paths';

/** What an update is besides its changes: where its positional operators point, and the variables of a pipeline. */
export interface UpdateContext {
  filter: Document;
  arrayFilters?: readonly unknown[];
  variables?: Document;
}

/** Makes the changed document of the one that is there. */
export type Update = (document: Document, inserting?: boolean) => Document;

/** A replacement, a set of update operators or a pipeline, as a function from document to document. */
export function compileUpdate(update: unknown, context: UpdateContext): Update {
  if (Array.isArray(update)) return keepingId((document) => pipelineResult(update, document, context));
  if (!isObject(update))
    throw new ServerError(9, `Update argument must be an object or an array, not ${typeName(update)}`);
  if (!isModifier(update)) return keepingId((document) => ({ _id: document._id, ...copyOf(update) }));
  checkModifiers(update);
  return keepingId(modify(update, context));
}

/** Whether an update is made of operators, rather than being a whole new document. */
export function isModifier(update: unknown): boolean {
  return isObject(update) && Object.keys(update)[0]?.startsWith('$') === true;
}

type Maker = (document: Document, inserting: boolean) => Document;

function keepingId(update: Maker): Update {
  return (document, inserting = false) => {
    const { _id, ...rest } = update(document, inserting);
    if (document._id !== undefined && !sameValue(_id, document._id)) {
      throw new ServerError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    return _id === undefined ? rest : { _id, ...rest };
  };
}

const updateStages = ['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith'];

function pipelineResult(stages: readonly unknown[], document: Document, { variables }: UpdateContext): Document {
  const documents = stages.map((stage) => {
    const [name = ''] = Object.keys(isObject(stage) ? stage : {});
    if (!isObject(stage) || !updateStages.includes(name)) {
      throw new ServerError(72, `${name} is not allowed to be used within an update`);
    }
    return stage;
  });
  const [changed = {}] = runPipeline([document], documents, { variables });
  return { _id: document._id, ...changed };
}

function checkModifiers(update: Document): void {
  const paths: string[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    if (!Object.hasOwn(changes, operator) && operator !== '$rename' && operator !== '$setOnInsert') {
      throw new ServerError(9, `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline`);
    }
    if (!isObject(fields)) {
      throw new ServerError(9, `Modifiers operate on fields but we found type ${typeName(fields)} instead`);
    }
    paths.push(...Object.keys(fields), ...(operator === '$rename' ? Object.values(fields).map(String) : []));
  }
  for (const [index, path] of paths.entries()) {
    if (path === '' || path.startsWith('.') || path.endsWith('.') || path.includes('..')) {
      throw new ServerError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
    }
    if (
      paths.slice(0, index).some((other) => `${other}.`.startsWith(`${path}.`) || `${path}.`.startsWith(`${other}.`))
    ) {
      throw new ServerError(40, `Updating the path '${path}' would create a conflict at '${path}'`);
    }
  }
}

function modify(update: Document, context: UpdateContext): Maker {
  return (document, inserting) => {
    const result = copyOf(document);
    const change = changeAtPositions(positionsIn(document, context));
    for (const [operator, fields] of Object.entries(update)) {
      for (const [path, argument] of Object.entries<unknown>(fields)) {
        if (operator === '$rename')
          for (const [field, to] of renaming(result, path, argument)) change(result, field, to);
        else if (operator !== '$setOnInsert') change(result, path, changeOf(operator, argument, path));
        else if (inserting) change(result, path, () => argument);
      }
    }
    return result;
  };
}

function changeOf(operator: string, argument: unknown, path: string): Change {
  const make = changes[operator];
  return make ? make(copyOf(argument), path) : (current) => current;
}

/** A rename as two changes, or none where there is nothing to rename. */
function renaming(document: Document, path: string, target: unknown): [path: string, change: Change][] {
  if (typeof target !== 'string') throw new ServerError(2, "The 'to' field for $rename must be a string");
  const value = valueAt(document, path);
  if (value === undefined) return [];
  return [
    [path, () => undefined],
    [target, () => value],
  ];
}

/** Where `$` and `$[name]` point in this document. */
function positionsIn(document: Document, { filter, arrayFilters = [] }: UpdateContext): Positions {
  const named = new Map<string, (element: unknown) => boolean>();
  for (const arrayFilter of arrayFilters) {
    if (!isObject(arrayFilter)) throw new ServerError(9, 'arrayFilters must hold documents');
    const [name = ''] = (Object.keys(arrayFilter)[0] ?? '').split('.');
    // The element is tested as the one field of a document, whose name is the identifier.
    const fits = compileFilter(arrayFilter);
    named.set(name, (element) => fits({ [name]: element }));
  }
  return { named, firstMatch: firstMatchOf(filter, document) };
}

/** The document with which an upsert begins: what the filter says must be equal. */
export function seedOf(filter: Document): Document {
  const seed: Document = {};
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      for (const part of condition) Object.assign(seed, seedOf(isObject(part) ? part : {}));
    } else if (!name.startsWith('$')) {
      const value: unknown = hasOperators(condition) ? condition.$eq : condition;
      if (value !== undefined && !(value instanceof BSON.BSONRegExp)) changeAt(seed, name, () => value);
    }
  }
  return seed;
}
