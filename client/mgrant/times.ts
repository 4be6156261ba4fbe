import ms from 'ms';
import { moment as momentField } from '../../shared/contract/fields/times';
import { duration, durationText } from '../../shared/policy/durations';
import { moment } from '../sdk/moment';
import { checked } from './checked';
import type { Session } from './session';

export { moment };

/** How far away a moment is: `in 30 days`, `2 hours ago`. */
export function distance(time: string | Date, now: Date): string {
  const away = new Date(time).getTime() - now.getTime();
  const words = ms(Math.abs(away), { long: true });
  return away >= 0 ? `in ${words}` : `${words} ago`;
}

/** When something ends: `until 2026-12-24 08:00 UTC (in 30 days)`. */
export const until = (time: string | Date, now: Date): string => `until ${moment(time)} (${distance(time, now)})`;

/** A time as the API takes it. A day alone begins at midnight, UTC. */
export function timeOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  checked(name, momentField, time);
  return time;
}

/** The wanted life in seconds. A number needs a unit here: the API reads 12 as seconds, and most people as hours. */
export const ttlOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : checked('--ttl', duration(1), text);

/** Tells the person if the rules, or the limits of the service, gave less than they asked for. */
export function tellIfCut({ note, now }: Session, asked: number, expires: Date | undefined): void {
  if (!expires) return;
  const given = Math.round((expires.getTime() - now().getTime()) / 1000);
  if (asked - given > 60)
    note(`You asked for ${durationText(asked)}, and got less: the rules, or the service, give no more.`);
}
