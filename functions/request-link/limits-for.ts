import type { Settings } from '../../shared/aws/settings';
import type { LinkLimits } from './sent-links';

/** The limits for a request. One source gets a quarter of the day's links, so that a stranger can't use up all of yours. */
export function limitsFor({ linkCooldown, linksPerDay }: Settings, terminal: boolean): LinkLimits {
  const quarter = Math.max(1, Math.floor(linksPerDay / 4));
  return {
    cooldown: linkCooldown,
    mostInAll: mostOf(linksPerDay, terminal),
    mostFromOne: mostOf(quarter, terminal),
  };
}

/**
 * Terminals don't get the last fifth: a link that a stranger's terminal asked for is useless to the owner, while any other link is useful.
 */
const mostOf = (links: number, terminal: boolean): number =>
  terminal ? Math.max(1, links - Math.ceil(links / 5)) : links;
