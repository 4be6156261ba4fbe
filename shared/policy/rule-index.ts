import { indexPlaces, type PlaceIndex } from './place-index';
import { principalsOf, type Rule, type RuleKey, roleMatches, type Unreadable, type Wish } from './policy';

/** Rules, found by the wishes to which they apply. */
export interface RuleIndex<R extends Rule = Rule> {
  /** An unreadable rule applies to every wish. */
  unreadable: readonly Unreadable[];
  /** The rules for a wish, in order, with expired and unreadable ones. `decide` gives the same result for these as for all rules. */
  matching(wish: Wish): (R | Unreadable)[];
}

/** An index for many decisions under the same rules. A wish costs only the rules that apply to it. */
export function indexRules<R extends Rule>(rules: readonly (R | Unreadable)[]): RuleIndex<R> {
  const unreadable: Unreadable[] = [];
  const hidden: Placed<Unreadable>[] = [];
  const readable: Placed<R>[] = [];
  for (const [at, rule] of rules.entries()) {
    if (!('unreadable' in rule)) readable.push({ at, rule });
    else {
      unreadable.push(rule);
      hidden.push({ at, rule });
    }
  }
  const find = finder(readable);
  return {
    unreadable,
    matching: (wish) => [...hidden, ...find(wish)].toSorted((one, other) => one.at - other.at).map(({ rule }) => rule),
  };
}

/**
 * The rules for people's grants, from all rules of each principal. An unreadable rule denies everything, so it replaces the others: a wish
 * stays cheap even then.
 */
export function rulesByPerson<R extends Rule>(
  under: ReadonlyMap<string, readonly (R | Unreadable)[]>,
): (wish: Wish) => (R | Unreadable)[] {
  const indexes = new Map([...under].map(([principal, rules]) => [principal, indexRules(rules)]));
  return (wish) => {
    const own = principalsOf(wish.email).flatMap((principal) => indexes.get(principal) ?? []);
    const [hidden] = own.flatMap(({ unreadable }) => unreadable.slice(0, 1));
    return hidden ? [hidden] : own.flatMap((index) => index.matching(wish));
  };
}

/** Whether a rule with one of these keys applies to a wish: like `speaksOf` for each key, at the cost of one. */
export function speakers(keys: readonly RuleKey[]): { speakAbout(wish: Wish): boolean } {
  const find = finder(keys.map((rule, at) => ({ at, rule })));
  return { speakAbout: (wish) => find(wish).length > 0 };
}

/** A rule with its position among all. */
interface Placed<R> {
  at: number;
  rule: R;
}

function finder<R extends RuleKey>(rules: readonly Placed<R>[]): (wish: Wish) => Placed<R>[] {
  const principals = new Map<string, PlaceIndex<Placed<R>>>();
  for (const placed of rules) {
    const { email } = placed.rule;
    const found = principals.get(email) ?? indexPlaces<Placed<R>>();
    principals.set(email, found);
    found.add(placed.rule, placed);
  }
  return (wish) =>
    [...new Set(principalsOf(wish.email))]
      .flatMap((principal) => principals.get(principal)?.covering(wish) ?? [])
      .filter(({ rule }) => roleMatches(rule, wish.role));
}
