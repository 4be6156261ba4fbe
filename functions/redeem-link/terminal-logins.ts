import { keys } from '../../shared/store/keys';
import { isConfirmed, type Link, parseLinkItem, pollGrace, redeemed } from '../../shared/store/links';
import type { Table } from '../../shared/store/table';
import type { PollParts } from '../../shared/tokens/terminal-secrets';
import type { LinkParts } from '../../shared/tokens/tokens';

// The link of a terminal login has the hash of a code. Each code that somebody types is noted as `tried` and counted in one write, and
// the login is confirmed once `tried` is the code: no step lies between looking at a code and counting it.

/** Codes that may be tried; the last wrong one spends the link. */
const mostTries = 5;

/** Decides on one code: whether it is right, and how many more may be tried. Nothing if the link is over or confirmed already. */
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

/** Whether no further code may be tried. */
export const isTriedOut = (link: Link): boolean => link.tries >= mostTries && !isConfirmed(link);

/** Decides who gets the token of a confirmed login: true for one poll only. */
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
