import * as v from 'valibot';
import { expired, type Rule } from '../../shared/policy/policy';
import type { Scope } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { type Entry, expandRules } from './expand-rules';
import { explainIssue } from './explain-issue';
import { readYaml, type Yaml } from './read-yaml';
import { ruleEntry, rulerEntry, rulesFile } from './rules-file-schema';
import type { Problem } from './yaml-aliases';

/** A ruler and what they may decide. */
export interface Ruler extends Scope {
  email: string;
}

/** What a rules file asks for. */
export interface RulesFile {
  /** Every rule by itself, as the API keeps it; none if the file leaves rules alone. */
  rules?: Rule[];
  /** None if the file leaves rulers alone. */
  rulers?: Ruler[];
  /** What becomes of the rules and rulers that the file does not name. */
  unlisted: 'remove' | 'keep';
  /** The rules among them that have expired, if any. The service takes none of them that it does not have. */
  past?: { rule: Rule; line: number }[];
}

export type ParsedRulesFile = { file: RulesFile } | { problems: Problem[] };

/**
 * Reads a rules file: YAML with `rules`, `rulers` and `unlisted`. What the API would refuse is refused here, all of it at once, each with
 * its line.
 *
 * @param text - what is in the file
 * @param now - tells which rules have expired
 * @example
 * const parsed = parseRulesFile(await readFile('rules.yaml', 'utf8'), new Date());
 * if ('problems' in parsed) for (const { line, message } of parsed.problems) console.error(`line ${line}: ${message}`);
 */
export function parseRulesFile(text: string, now: Date): ParsedRulesFile {
  const yaml = readYaml(text);
  const problems = [...yaml.problems];
  if (yaml.value === undefined) return { problems: inOrder(problems) };
  const shape = v.safeParse(shapeOfFile, noList(yaml.value));
  if (!shape.success) problems.push(...shape.issues.map((issue) => problemOf(issue, [], yaml)));
  const { rules, rulers, unlisted } = v.parse(listsOfFile, noList(yaml.value));
  if (shape.success && !rules && !rulers)
    problems.push({ line: 1, message: 'the file has neither rules nor rulers. Write at least "rules:" and a list' });

  const named = parseEntries(ruleEntry, ['rules', rules], yaml);
  const expanded = expandRules(named.entries);
  problems.push(...named.problems, ...expanded.problems);
  const people = parseEntries(rulerEntry, ['rulers', rulers], yaml);
  problems.push(...people.problems, ...twice(people.entries));
  if (problems.length > 0) return { problems: inOrder(problems) };
  const past = expanded.rules
    .filter(({ rule }) => expired(rule, seconds(now)))
    .map(({ rule, index }) => ({ rule, line: yaml.lineOf(['rules', index, 'expires']) }));
  return {
    file: {
      ...(rules && { rules: expanded.rules.map(({ rule }) => rule) }),
      ...(rulers && { rulers: people.entries.map(({ entry }) => entry) }),
      unlisted,
      ...(past.length > 0 && { past }),
    },
  };
}

/** The file without the content of its entries. Each entry is checked alone, so that one wrong entry hides no other. */
const shapeOfFile = v.strictObject({
  rules: v.optional(v.array(v.unknown(), 'must be a list')),
  rulers: v.optional(v.array(v.unknown(), 'must be a list')),
  unlisted: rulesFile.entries.unlisted,
});
const listOrNone = v.fallback(v.optional(v.array(v.unknown())), undefined);
const listsOfFile = v.fallback(
  v.object({
    rules: listOrNone,
    rulers: listOrNone,
    unlisted: v.fallback(rulesFile.entries.unlisted, 'remove'),
  }),
  { unlisted: 'remove' },
);

function parseEntries<S extends v.GenericSchema>(
  schema: S,
  [name, list = []]: ['rules' | 'rulers', unknown[] | undefined],
  yaml: Yaml,
): { entries: Entry<v.InferOutput<S>>[]; problems: Problem[] } {
  const entries: Entry<v.InferOutput<S>>[] = [];
  const problems: Problem[] = [];
  for (const [index, item] of list.entries()) {
    const result = v.safeParse(schema, noList(item), { abortPipeEarly: true });
    if (result.success) entries.push({ entry: result.output, line: yaml.lineOf([name, index]), index });
    else problems.push(...result.issues.map((issue) => problemOf(issue, [name, index], yaml)));
  }
  return { entries, problems };
}

function problemOf(issue: v.BaseIssue<unknown>, at: readonly PropertyKey[], yaml: Yaml): Problem {
  const path = (issue.path ?? []).flatMap(({ key }) =>
    typeof key === 'string' || typeof key === 'number' ? [key] : [],
  );
  return { line: yaml.lineOf([...at, ...path]), message: explainIssue(issue, path, at[0]) };
}

function twice(people: readonly Entry<Ruler>[]): Problem[] {
  const seen = new Map<string, number>();
  return people.flatMap(({ entry, line }) => {
    const before = seen.get(entry.email);
    if (before === undefined) seen.set(entry.email, line);
    return before === undefined
      ? []
      : [{ line, message: `email: ${entry.email} is already a ruler in line ${before}` }];
  });
}

/** An object schema would take a list for an object. */
const noList = (value: unknown): unknown => (Array.isArray(value) ? null : value);

const inOrder = (problems: readonly Problem[]): Problem[] =>
  [...new Map(problems.map((problem) => [`${problem.line} ${problem.message}`, problem])).values()].toSorted(
    (a, b) => a.line - b.line,
  );
