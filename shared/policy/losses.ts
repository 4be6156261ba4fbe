import { addressesCover } from './addresses';
import { decide, endOf, type Rule, type RuleKey, type Unreadable, type Wish } from './policy';

/** The parts of a live grant that rules decide. Its end is in seconds since 1970. */
export interface Held extends Wish {
  expiresAt: number;
  /** Where the login may come from; empty or missing for anywhere. */
  cidrs?: string[] | undefined;
}

/** What rules take away: grants that end at once, and grants that end sooner. */
export interface Losses<G extends Held> {
  ends: G[];
  /** Each grant with its new end, in seconds since 1970. */
  shortens: { grant: G; until: number }[];
}

/** A change of the rule with this key: the rule before it, readable or not, and after it. */
export interface RuleChange {
  key: RuleKey;
  before: object | undefined;
  after: Rule | undefined;
}

/** Whether a change may take something away, so that a sweep must follow. A new allow and a removed deny only give. */
export const mayTake = ({ key: { which }, before, after }: RuleChange): boolean =>
  after ? before !== undefined || which === 'deny' : which === 'allow';

/** What live grants lose under these rules. */
export function lossesOf<G extends Held>(
  grants: readonly G[],
  rulesFor: (grant: G) => readonly (Rule | Unreadable)[],
  now: number,
): Losses<G> {
  const losses: Losses<G> = { ends: [], shortens: [] };
  for (const grant of grants) {
    const until = covered(grant, rulesFor(grant), now);
    if (until === undefined) losses.ends.push(grant);
    else if (until < grant.expiresAt) losses.shortens.push({ grant, until });
  }
  return losses;
}

/**
 * The moment, in seconds since 1970, until which the rules would give this grant today, for all addresses that its
 * login may come from; none if they would not. A shorter life may allow more addresses.
 */
export function covered(grant: Held, rules: readonly (Rule | Unreadable)[], now: number): number | undefined {
  for (let end = grant.expiresAt; end > now; ) {
    const { allowed, cidrs, until, matched } = decide(rules, grant, { ttl: end - now, now });
    if (!allowed) return undefined;
    if (addressesCover(cidrs, grant.cidrs ?? [])) return until;
    const shorter = matched.map((rule) => endOf(rule, now)).filter((other) => other < until);
    end = Math.max(now, ...shorter);
  }
  return undefined;
}
