import { addressesCover } from './addresses';
import { decide, endOf, type Rule, type Unreadable, type Wish } from './policy';

/** What of a live grant the rules have a say about; the end in seconds since 1970. */
export interface Held extends Wish {
  expiresAt: number;
  /** Where the login may come from; empty or not there for anywhere. */
  cidrs?: string[] | undefined;
}

/** What rules take: grants that end at once, and grants whose end moves forward. */
export interface Losses<G extends Held> {
  ends: G[];
  /** Each with its new end, in seconds since 1970. */
  shortens: { grant: G; until: number }[];
}

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
 * Until when, in seconds since 1970, the rules would give this grant today, to nobody but those addresses from which its login may
 * come; none where they would not. A shorter life may allow more addresses.
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
