import { addressesCover } from '../../shared/policy/addresses';
import { expired, type Rule } from '../../shared/policy/policy';
import type { Scope } from '../../shared/policy/scope';
import type { Ruler } from './parse-rules-file';
import type { Versioned } from './service-state';

/** Something set that was not there, changed, or removed. */
export type Edit<T> =
  | { act: 'set'; after: T; before?: undefined }
  | { act: 'change'; before: Versioned<T>; after: T }
  | { act: 'remove'; before: Versioned<T>; after?: undefined };

/** One write that brings the service closer to the file. Changes of one `step` may be made side by side. */
export type Change = { phase: Phase; step: number } & (({ of: 'rule' } & Edit<Rule>) | ({ of: 'ruler' } & Edit<Ruler>));
export type RuleChange = Extract<Change, { of: 'rule' }>;
export type RulerChange = Extract<Change, { of: 'ruler' }>;

/**
 * The order of changes. At no point does anybody get what neither the old rules nor the new ones give, or lose what both give:
 *
 * - `tighten`: denies that are new or count longer; rulers dismissed, or with a scope that is not wider in every part.
 * - `open`: allows that are new, or give more and nothing less.
 * - `trade`: allows that give more of one thing and less of another.
 * - `close`: allows that give less, or are removed. All that takes their place is there by then.
 * - `loosen`: denies removed, or counting shorter; rulers appointed, or with a wider scope. All that must close is closed by then.
 */
export const phases = ['tighten', 'open', 'trade', 'close', 'loosen'] as const;
export type Phase = (typeof phases)[number];

/** Whether two rules mean the same to everybody. Times and durations are seconds here; addresses are compared as sets. */
export function sameMeaning(a: Rule, b: Rule): boolean {
  return (
    a.expiresAt === b.expiresAt &&
    a.maxTtl === b.maxTtl &&
    (a.note ?? '') === (b.note ?? '') &&
    (a.cidrs === undefined) === (b.cidrs === undefined) &&
    coversAddresses(a, b) &&
    coversAddresses(b, a)
  );
}

/** Whether each scope lies within the other. */
export const sameScope = (a: Scope, b: Scope): boolean => scopeWithin(a, b) && scopeWithin(b, a);

/** When a change of a rule is made. */
export function phaseOfRule({ before, after }: Edit<Rule>, now: number): Phase {
  const which = (before ?? after).which;
  const was = before && !expired(before, now) ? before : undefined;
  if (which === 'deny') {
    if (!after) return 'loosen';
    return was && endOf(after) < endOf(was) ? 'loosen' : 'tighten';
  }
  if (!after) return 'close';
  if (!was || gives(after, was)) return 'open';
  return gives(was, after) ? 'close' : 'trade';
}

/** When a change of a ruler is made. A doubtful one counts as one that takes something away. */
export function phaseOfRuler({ before, after }: Edit<Ruler>): Phase {
  if (!before) return 'loosen';
  return after && scopeWithin(before, after) ? 'loosen' : 'tighten';
}

/** Whether an allow gives all that another one gives: for as long, and from the same addresses. */
const gives = (wide: Rule, narrow: Rule): boolean =>
  endOf(wide) >= endOf(narrow) &&
  (wide.maxTtl ?? Number.POSITIVE_INFINITY) >= (narrow.maxTtl ?? Number.POSITIVE_INFINITY) &&
  coversAddresses(wide, narrow);

const endOf = ({ expiresAt = Number.POSITIVE_INFINITY }: Rule): number => expiresAt;
const coversAddresses = (wide: Rule, narrow: Rule): boolean => addressesCover(wide.cidrs ?? [], narrow.cidrs ?? []);

/** Whether the outer scope lets a ruler decide all that the inner one does. */
function scopeWithin(inner: Scope, outer: Scope): boolean {
  const within = <T>(a: 'all' | readonly T[], b: 'all' | readonly T[], has: (wide: T, narrow: T) => boolean) =>
    b === 'all' || (a !== 'all' && a.every((narrow) => b.some((wide) => has(wide, narrow))));
  const both = (which: Scope['which']) => (which === 'all' ? (['allow', 'deny'] as const) : which);
  const same = (a: string, b: string) => a === b;
  return (
    within(inner.hosts, outer.hosts, same) &&
    within(inner.dbs, outer.dbs, (wide, narrow) => narrow.startsWith(wide)) &&
    within(inner.emails, outer.emails, same) &&
    both(inner.which).every((which) => both(outer.which).includes(which))
  );
}
