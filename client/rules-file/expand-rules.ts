import type * as v from 'valibot';
import { keyOf, type Rule, type RuleKey, ruleName } from '../../shared/policy/policy';
import type { ruleEntry } from './rules-file-schema';
import type { Problem } from './yaml-aliases';

/** Far more than a service holds: a file that comes to more is a mistake. */
const mostRules = 100_000;

/** An entry that is as it should be, and where it stands. */
export interface Entry<T> {
  entry: T;
  line: number;
  /** Its place in the list. */
  index: number;
}

export interface Expanded {
  /** Each with the place of its entry. */
  rules: { rule: Rule; index: number }[];
  problems: Problem[];
}

/** Writes out what entries with lists stand for: each email with each host, db and role. The same key twice is a problem. */
export function expandRules(entries: readonly Entry<v.InferOutput<typeof ruleEntry>>[]): Expanded {
  const sizes = entries.map(
    ({ entry }) => entry.email.length * entry.host.length * entry.db.length * entry.role.length,
  );
  if (sizes.reduce((sum, size) => sum + size, 0) > mostRules) {
    const { line } = entries[sizes.indexOf(Math.max(...sizes))] ?? { line: 1 };
    return {
      rules: [],
      problems: [{ line, message: `the file comes to more than ${mostRules} rules, most of them from here` }],
    };
  }
  const lines = new Map<string, number>();
  const expanded: Expanded = { rules: [], problems: [] };
  for (const { entry, line, index } of entries) {
    const again: { rule: Rule; before: number }[] = [];
    for (const rule of rulesOf(entry)) {
      const name = nameOfKey(rule);
      const before = lines.get(name);
      if (before === undefined) lines.set(name, line);
      else again.push({ rule, before });
      expanded.rules.push({ rule, index });
    }
    expanded.problems.push(...twice(again, line));
  }
  return expanded;
}

/** No part of a key can hold a space. */
export const nameOfKey = (key: RuleKey): string => ruleName(keyOf(key));

function rulesOf(entry: v.InferOutput<typeof ruleEntry>): Rule[] {
  const { email: emails, host: hosts, db: dbs, role: roles, expires, ...rest } = entry;
  const shared = { ...rest, ...(expires !== undefined && { expiresAt: expires }) };
  return emails.flatMap((email) =>
    hosts.flatMap((host) => dbs.flatMap((db) => roles.map((role) => ({ email, host, db, role, ...shared })))),
  );
}

function twice(again: readonly { rule: Rule; before: number }[], line: number): Problem[] {
  const [first] = again;
  if (!first) return [];
  const where = first.before === line ? 'twice in this entry' : `already in line ${first.before}`;
  const more = again.length > 1 ? `, and ${again.length - 1} more like it` : '';
  return [{ line, message: `the rule "${ruleName(first.rule)}" is ${where}${more}. Keep one of them` }];
}
