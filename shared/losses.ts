import { addressesCover } from './addresses';
import { decide, type Rule, type Unreadable, type Wish } from './policy';

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

/**
 * What live grants lose under these rules. A grant stays if the rules would give it today, to nobody but those addresses from which its
 * login may come, and for no less than the rest of its life.
 */
export function lossesOf<G extends Held>(
  grants: readonly G[],
  rulesFor: (grant: G) => readonly (Rule | Unreadable)[],
  now: number,
): Losses<G> {
  const losses: Losses<G> = { ends: [], shortens: [] };
  for (const grant of grants) {
    const { allowed, cidrs, until } = decide(rulesFor(grant), grant, { ttl: grant.expiresAt - now, now });
    if (!allowed || !addressesCover(cidrs, grant.cidrs ?? [])) losses.ends.push(grant);
    else if (until < grant.expiresAt) losses.shortens.push({ grant, until });
  }
  return losses;
}
