import { indexPlaces, type PlaceIndex } from './place-index';
import { principalsOf, type Rule, type RuleKey, roleMatches, type Unreadable, type Wish } from './policy';

/** Rules, found by what they speak about. */
export interface RuleIndex<R extends Rule = Rule> {
  /** What can't be read speaks about everything. */
  unreadable: readonly Unreadable[];
  /** The rules that speak about the wish, expired ones and what can't be read included, in their order: `decide` over these is `decide` over all. */
  matching(wish: Wish): (R | Unreadable)[];
}

/** To decide about many wishes under the same rules: each costs what speaks about it, however many other rules there are. */
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
 * The rules that decide about what people hold, from all the rules of each principal. Where one of these can't be read it stands for
 * the others, as it denies whatever they say: so a wish costs little even then.
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

/** Keys of rules, and whether one of them speaks about a wish: what `speaksOf` says of each, at the cost of one. */
export function speakers(keys: readonly RuleKey[]): { speakAbout(wish: Wish): boolean } {
  const find = finder(keys.map((rule, at) => ({ at, rule })));
  return { speakAbout: (wish) => find(wish).length > 0 };
}

/** A rule with its place in the order of all. */
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
