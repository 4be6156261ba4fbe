import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { checkMerges, mendAliases, type Problem, quotes, type Targets } from './yaml-aliases';

/** What a YAML text says, and where it says so. */
export interface Yaml {
  value: unknown;
  problems: Problem[];
  /** The line of what is at this path, or of the nearest thing around it. */
  lineOf(path: readonly PropertyKey[]): number;
}

const longest = 4_000_000;
/** How many values a file may have once its aliases are expanded. The library's own limit would refuse honest files with many aliases. */
const mostValues = 1_000_000;

/** Problems after which the rest of the file still means what it says. */
const mendable: readonly string[] = ['DUPLICATE_KEY', 'BAD_ALIAS', 'BAD_SCALAR_START'];

/** Reads YAML 1.2 (core schema, and `<<`). If the text has no reliable value, `value` is undefined and `problems` says why. */
export function readYaml(text: string): Yaml {
  const nowhere = (message: string): Yaml => ({ value: undefined, problems: [{ line: 1, message }], lineOf: () => 1 });
  if (text.length > longest) return nowhere(`the file is longer than ${longest / 1_000_000} MB`);
  try {
    return readDocument(text);
  } catch (error) {
    // Endless nesting, in the text or by an alias inside its own anchor.
    if (error instanceof RangeError || error instanceof ReferenceError) return nowhere('the file is nested too deeply');
    throw error;
  }
}

function readDocument(text: string): Yaml {
  const lines = new LineCounter();
  const lineAt = (offset = 0) => Math.max(1, lines.linePos(offset).line);
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    resolveKnownTags: false,
    merge: true,
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const faults = [...document.errors, ...document.warnings];
  const problems = faults.map(({ code, message, pos }) => ({ line: lineAt(pos[0]), message: explain(code, message) }));
  const unusable = { value: undefined, problems, lineOf: () => 1 };
  if (!faults.every(({ code }) => mendable.includes(code))) return unusable;
  const { targets, ...aliases } = mendAliases(document, lineAt);
  problems.push(...aliases.problems);
  const merges = checkMerges(document, targets, lineAt);
  problems.push(...merges);
  if (merges.length > 0) return unusable;
  const lineOf = (path: readonly PropertyKey[]) => lineAt(offsetOf(document, targets, path));
  const value: unknown = document.toJS({ maxAliasCount: -1 });
  if (countsOver(value, mostValues))
    return { ...unusable, problems: [{ line: 1, message: 'the aliases of the file come to too much' }] };
  return { value, problems, lineOf };
}

function explain(code: string, message: string): string {
  if (code === 'BAD_ALIAS' || code === 'BAD_SCALAR_START') return quotes;
  if (code === 'DUPLICATE_KEY') return 'this field is written twice';
  if (code === 'RESOURCE_EXHAUSTION') return 'the file is nested too deeply';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; a rules file is one document';
  return message;
}

/** Whether a value holds more values than this. An alias counts with all that it stands for. */
function countsOver(value: unknown, most: number): boolean {
  const open = [value];
  for (let count = 0; open.length > 0; count += 1) {
    if (count > most || open.length > most) return true;
    const next = open.pop();
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) open.push(inner);
  }
  return false;
}

/** Where the path leads in the text, as far as the text spells it out. */
function offsetOf(document: Document, targets: Targets, path: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const step of path) {
    if (isAlias(node)) node = targets.get(node);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
