import type { Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { isObject, numberIn, truthy } from '../values/values';
import { evaluate } from './expressions';
import { firstMatchOf } from './first-match';
import { compileElement } from './match';
import { setField } from './paths';
import { changeAt, valueAt } from './update-paths';

/** Fields to keep or to leave out, by name; a branch goes on inside that field. */
type Tree = Map<string, Tree | boolean>;

/** A field that gets a new value, made of the whole document. */
interface Computed {
  path: string;
  of(document: Document): unknown;
}

interface Parts {
  readonly filter: Document | undefined;
  readonly variables: Document | undefined;
  fields: [path: string, kept: boolean][];
  computed: Computed[];
  /** Computed fields alone do not decide whether the others stay. */
  decides: boolean;
}

/** A projection as a function. `filter` is that of the find, for `$`; without one the rules of `$project` hold. */
export function compileProjection(
  projection: Document,
  filter?: Document,
  variables?: Document,
): (document: Document) => Document {
  const parts: Parts = { filter, variables, fields: [], computed: [], decides: false };
  collect(parts, projection);
  const others = parts.fields.filter(([path]) => path !== '_id');
  const including = others.some(([, kept]) => kept) || (parts.decides && !others.some(([, kept]) => !kept));
  checkMixed(others, including);
  const idKept = parts.fields.find(([path]) => path === '_id')?.[1];
  const onlyId = others.length === 0 && !parts.decides && idKept === true;
  const keeps = including || onlyId;
  const tree = treeOf([...others, ...idField(keeps, idKept)]);
  return (document) => {
    const result = isObject(document) ? pick(document, tree, keeps) : {};
    for (const { path, of } of parts.computed) changeAt(result, path, () => of(document));
    return result;
  };
}

function idField(keeps: boolean, idKept: boolean | undefined): [string, boolean][] {
  if (keeps) return idKept === false ? [] : [['_id', true]];
  return idKept === false ? [['_id', false]] : [];
}

function checkMixed(fields: readonly [string, boolean][], including: boolean): void {
  const odd = fields.find(([, kept]) => kept !== including);
  if (odd === undefined) return;
  throw including
    ? new ServerError(31254, `Cannot do exclusion on field ${odd[0]} in inclusion projection`)
    : new ServerError(31253, `Cannot do inclusion on field ${odd[0]} in exclusion projection`);
}

function collect(parts: Parts, spec: Document, prefix = ''): void {
  const { filter, variables } = parts;
  for (const [name, value] of Object.entries(spec)) {
    const path = prefix + name;
    const operator = isObject(value) ? Object.keys(value)[0] : undefined;
    if (filter !== undefined && path.endsWith('.$')) {
      parts.decides = true;
      parts.computed.push({
        path: path.slice(0, -2),
        of: (document) => positional(document, path.slice(0, -2), filter),
      });
    } else if (typeof value === 'boolean' || numberIn(value) !== undefined) {
      parts.fields.push([path, truthy(value)]);
    } else if (filter !== undefined && operator === '$slice' && (numberIn(value.$slice) ?? value.$slice.length === 2)) {
      parts.computed.push({ path, of: (document) => sliced(valueAt(document, path), value.$slice) });
    } else if (filter !== undefined && operator === '$elemMatch') {
      const fits = compileElement(value.$elemMatch);
      parts.decides = true;
      parts.computed.push({ path, of: (document) => firstElement(valueAt(document, path), fits) });
    } else if (isObject(value) && operator !== undefined && !operator.startsWith('$')) {
      collect(parts, value, `${path}.`);
    } else {
      parts.decides = true;
      parts.computed.push({ path, of: (document) => evaluate(value, document, variables) });
    }
  }
}

function positional(document: Document, path: string, filter: Document): unknown {
  const list = valueAt(document, path);
  if (!Array.isArray(list)) return list;
  const index = firstMatchOf(filter, document)(path, list);
  if (index !== undefined) return [list[index]];
  throw new ServerError(
    51246,
    "Executor error: positional operator '.$' couldn't find a matching element in the array",
  );
}

function firstElement(value: unknown, fits: (element: unknown) => boolean): unknown {
  const index = Array.isArray(value) ? value.findIndex(fits) : -1;
  return Array.isArray(value) && index >= 0 ? [value[index]] : undefined;
}

function sliced(value: unknown, argument: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (Array.isArray(argument)) {
    const [skip = 0, limit = 0] = argument.map((part) => numberIn(part) ?? 0);
    const from = skip < 0 ? Math.max(value.length + skip, 0) : skip;
    return value.slice(from, from + limit);
  }
  const count = numberIn(argument) ?? 0;
  return count < 0 ? value.slice(count) : value.slice(0, count);
}

function treeOf(fields: readonly [path: string, kept: boolean][]): Tree {
  const root: Tree = new Map();
  for (const [path, kept] of fields) {
    const parts = path.split('.');
    let tree = root;
    for (const part of parts.slice(0, -1)) {
      const below = tree.get(part);
      if (typeof below === 'boolean') throw new ServerError(31249, `Path collision at ${path}`);
      const next: Tree = below ?? new Map();
      tree.set(part, next);
      tree = next;
    }
    const last = parts.at(-1) ?? '';
    if (tree.has(last)) throw new ServerError(31250, `Path collision at ${path}`);
    tree.set(last, kept);
  }
  return root;
}

/** The fields of the tree (`keeps`), or all others. */
function pick(document: Document, tree: Tree, keeps: boolean): Document {
  const result: Document = {};
  for (const [name, value] of Object.entries(document)) {
    const branch = tree.get(name);
    if (branch instanceof Map) {
      const inner = pickInside(value, branch, keeps);
      if (inner !== undefined) setField(result, name, inner);
    } else if ((branch !== undefined) === keeps) {
      setField(result, name, value);
    }
  }
  return result;
}

function pickInside(value: unknown, tree: Tree, keeps: boolean): unknown {
  if (isObject(value)) return pick(value, tree, keeps);
  if (!Array.isArray(value)) return keeps ? undefined : value;
  return value.map((element) => pickInside(element, tree, keeps)).filter((element) => element !== undefined);
}
