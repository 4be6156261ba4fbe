import type { RuleKey } from './policy';

/** What a ruler may decide: every part is `'all'` or a list. `'all'` is the only wildcard. */
export interface Scope {
  /** Hosts by name. */
  hosts: 'all' | string[];
  /** Beginnings of database names. */
  dbs: 'all' | string[];
  /** Whole domains, each with its `@`. */
  emails: 'all' | string[];
  which: 'all' | RuleKey['which'][];
}

/** The parts of a scope that do not cover a rule or grant; none if everything that it can match is inside. */
export function outside(scope: Scope, what: Omit<RuleKey, 'role' | 'which'> & Partial<RuleKey>): (keyof Scope)[] {
  const inside: Record<keyof Scope, boolean> = {
    // A pattern is inside a list only if everything that it can match is. `*` for hosts or addresses never is.
    hosts: scope.hosts === 'all' || scope.hosts.includes(what.host),
    dbs: scope.dbs === 'all' || scope.dbs.some((prefix) => what.db.startsWith(prefix)),
    emails: scope.emails === 'all' || scope.emails.some((domain) => what.email.endsWith(domain)),
    which: scope.which === 'all' || what.which === undefined || scope.which.includes(what.which),
  };
  return (['hosts', 'dbs', 'emails', 'which'] as const).filter((part) => !inside[part]);
}

/** Whether everything that this rule or grant can match is inside the scope. */
export const inside = (scope: Scope, what: Parameters<typeof outside>[1]): boolean => outside(scope, what).length === 0;

/** Whether a filter names something outside the scope. Patterns and missing filters mean only what is inside. */
export function asksOutside(scope: Scope, filter: { email?: string; host?: string; db?: string }): boolean {
  const named = { emails: filter.email, hosts: filter.host, dbs: filter.db, which: undefined };
  const { email = '', host = '', db = '' } = filter;
  return outside(scope, { email, host, db }).some((part) => named[part] !== undefined && named[part] !== '*');
}
