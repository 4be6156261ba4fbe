import { duration, durationText } from '../../shared/policy/durations';
import { checked } from './checked';
import type { Session } from './session';

/** The wanted life in seconds. A number needs a unit here: the API reads 12 as seconds, and most people as hours. */
export const ttlOf = (text: string): number => checked('--ttl', duration(1), text);

/** Tells the person if the rules, or the limits of the service, gave less than they asked for. */
export function tellIfCut({ note, io }: Session, asked: number, expires: Date | undefined): void {
  if (!expires) return;
  const given = Math.round((expires.getTime() - io.now().getTime()) / 1000);
  if (asked - given > 60)
    note(`You asked for ${durationText(asked)}, and got less: the rules, or the service, give no more.`);
}
