import { keys } from '../../shared/store/keys';
import { isConfirmed, type Link, parseLinkItem, pollGrace, redeemed } from '../../shared/store/links';
import type { Table } from '../../shared/store/table';
import type { PollParts } from '../../shared/tokens/terminal-secrets';
import type { LinkParts } from '../../shared/tokens/tokens';

// The link of a terminal login holds the hash of a code. One write notes each typed code as `tried` and counts it. The login is confirmed
// once `tried` is the code, so nothing can happen between the check and the count.

/** How many codes may be tried; the last wrong one spends the link. */
const mostTries = 5;

/** Tries one code. Returns whether it is right, and how many tries are left; nothing if the link is over or already confirmed. */
export async function tryCode(
  table: Table,
  link: LinkParts,
  { tried, now }: { tried: string; now: number },
): Promise<{ link: Link; right: boolean; left: number } | undefined> {
  const item = await table.update(keys.link(link), {
    set: { tried, triedAt: now },
    add: { tries: 1 },
    if: '#hash = :hash AND #state = :sent AND #expiresAt > :now AND #tries < :most AND (attribute_not_exists(#tried) OR #tried <> #code)',
    values: { hash: link.hash, sent: 'sent', now, most: mostTries },
  });
  if (!item) return undefined;
  const after = parseLinkItem(table, item);
  return after && { link: after, right: isConfirmed(after), left: mostTries - after.tries };
}

export const isTriedOut = (link: Link): boolean => link.tries >= mostTries && !isConfirmed(link);

/** Decides who gets the token of a confirmed login: true for only one poll. */
export async function takeToken(
  table: Table,
  poll: PollParts,
  { expiresAt, now }: { expiresAt: number; now: number },
): Promise<boolean> {
  const item = await table.update(keys.link(poll), {
    set: redeemed(expiresAt, now),
    if: '#poll = :poll AND #state = :sent AND #tried = #code AND #expiresAt > :oldest',
    values: { poll: poll.hash, sent: 'sent', oldest: now - pollGrace },
  });
  return item !== undefined;
}
