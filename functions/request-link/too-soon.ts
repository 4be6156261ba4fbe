import type { Settings } from '../../shared/settings';
import type { SentLinks } from '../../shared/store/links';
import { seconds } from '../../shared/time';

/** Links of a day that only a request without a terminal gets. */
const keptBack = 2;

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

/**
 * Why an address gets no link now; nothing if it may. A few of the day's links are kept back from terminals: what a stranger's terminal
 * asked for is of no use to the owner of the address, while every other link is, whoever asked for it.
 */
export function tooSoon(
  sent: SentLinks | undefined,
  { linkCooldown, linksPerDay }: Settings,
  terminal: boolean,
  now: Date,
): string | undefined {
  if (!sent) return undefined;
  if (seconds(now) < sent.sentAt + linkCooldown) return 'too_soon';
  if (sent.day !== dayOf(now)) return undefined;
  const mostTerminals = Math.max(1, linksPerDay - keptBack);
  return sent.count >= linksPerDay || (terminal && sent.terminals >= mostTerminals) ? 'too_many_today' : undefined;
}

/** The count with one more link in it. */
export function counted(sent: SentLinks | undefined, terminal: boolean, now: Date): SentLinks {
  const day = dayOf(now);
  const { count, terminals } = sent?.day === day ? sent : { count: 0, terminals: 0 };
  return { sentAt: seconds(now), day, count: count + 1, terminals: terminals + (terminal ? 1 : 0) };
}
