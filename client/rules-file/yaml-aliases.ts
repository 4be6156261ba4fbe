import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, Scalar, visit } from 'yaml';

/** Something wrong with the file, and where. */
export interface Problem {
  /** From 1 on. */
  line: number;
  message: string;
}

export const quotes = 'a value that begins with * or @ needs quotes, such as "*@lab.org"';

/** What each alias stands for. An `Alias` can find this out itself, but searches the whole document each time. */
export type Targets = Map<Alias, Node>;

/** Finds what aliases stand for. Replaces an alias without a target by a text, so that the rest can be checked, too. */
export function mendAliases(
  document: Document,
  lineAt: (offset?: number) => number,
): { targets: Targets; problems: Problem[] } {
  const anchors = new Map<string, Node>();
  const targets: Targets = new Map();
  const problems: Problem[] = [];
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_key, node) {
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
      if (target) return undefined;
      if (node.source !== '')
        problems.push({ line: lineAt(node.range?.[0]), message: `there is no anchor &${node.source}; ${quotes}` });
      const text = new Scalar(`*${node.source}`);
      text.range = node.range;
      return text;
    },
  });
  return { targets, problems };
}

/** `<<` merges the fields of another value, so that value must have fields. */
export function checkMerges(document: Document, targets: Targets, lineAt: (offset?: number) => number): Problem[] {
  const problems: Problem[] = [];
  const meant = (node: unknown) => (isAlias(node) ? targets.get(node) : node);
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== '<<' || key.type !== Scalar.PLAIN) return;
      const source = meant(value);
      const all = isSeq(source) ? source.items.map(meant) : [source];
      if (!all.every((one) => isMap(one)))
        problems.push({
          line: lineAt(key.range?.[0]),
          message: 'what follows << must be an alias such as *base, of fields',
        });
    },
  });
  return problems;
}
