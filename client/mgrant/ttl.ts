import { duration, durationText } from '../../shared/policy/durations';
import { checked } from './checked';
import type { Session } from './session';

/** The life that is asked for, in seconds. A number needs its unit here: 12 would be seconds to the API, and hours to most people. */
export const ttlOf = (text: string): number => checked('--ttl', duration(1), text);

/** Says so where the rules, or the limits of the service, gave less than was asked for. */
export function tellIfCut({ note, io }: Session, asked: number, expires: Date | undefined): void {
  if (!expires) return;
  const given = Math.round((expires.getTime() - io.now().getTime()) / 1000);
  if (asked - given > 60)
    note(`You asked for ${durationText(asked)}, and got less: the rules, or the service, give no more.`);
}
