import { covers, principalsOf, type Rule } from '../../shared/policy/policy';
import { type Change, type Edit, type Phase, phaseOfRule, phaseOfRuler, phases } from './changes';
import type { Ruler } from './parse-rules-file';

/**
 * Puts edits into the order of {@link phases}, in steps. Edits of one step may be made side by side.
 *
 * The allow with the longest life decides among several, also from where a login may come. So if a rule with `cidrs` has a say, the
 * allows of `open` are set longest first, and those of `close` removed shortest first: no address comes or goes in between.
 */
export function orderChanges(
  edits: { rules: readonly Edit<Rule>[]; rulers: readonly Edit<Ruler>[] },
  current: readonly Rule[],
  now: number,
): Change[] {
  const all = [...current, ...edits.rules.flatMap(({ after }) => after ?? [])];
  const restricted = all.filter(({ which, cidrs }) => which === 'allow' && cidrs);
  const rules = edits.rules.map((edit) => {
    const phase = phaseOfRule(edit, now);
    const change = { of: 'rule' as const, phase, ...edit };
    return {
      change,
      rank: restricted.some((rule) => meet(rule, edit.before ?? edit.after)) ? rankOf(change, now) : first,
    };
  });
  const rulers = edits.rulers.map((edit) => ({
    change: { of: 'ruler' as const, phase: phaseOfRuler(edit), ...edit },
    rank: first,
  }));
  const ranked = phases.flatMap((phase) =>
    [...rules, ...rulers]
      .filter(({ change }) => change.phase === phase)
      .toSorted((a, b) => compareRanks(a.rank, b.rank)),
  );
  let step = 0;
  return ranked.map(({ change, rank }, at) => {
    const before = ranked[at - 1];
    if (before && (before.change.phase !== change.phase || before.rank !== rank)) step += 1;
    return { ...change, step };
  });
}

const first = Number.NEGATIVE_INFINITY;
/** Infinite ranks can't be subtracted. */
const compareRanks = (a: number, b: number): number => (a < b ? -1 : Number(a > b));

function rankOf({ before, after, phase }: Edit<Rule> & { phase: Phase }, now: number): number {
  if (phase === 'open' && after) return -lifeOf(after, now);
  return phase === 'close' && before ? lifeOf(before, now) : first;
}

/** The longest life that an allow gives. */
const lifeOf = (
  { maxTtl = Number.POSITIVE_INFINITY, expiresAt = Number.POSITIVE_INFINITY }: Rule,
  now: number,
): number => Math.min(maxTtl, expiresAt - now);

/** Whether two rules can speak about the same grant. */
const meet = (a: Rule, b: Rule): boolean =>
  (principalsOf(a.email).includes(b.email) || principalsOf(b.email).includes(a.email)) &&
  (a.host === b.host || a.host === '*' || b.host === '*') &&
  (covers(a.db, b.db) || covers(b.db, a.db));
