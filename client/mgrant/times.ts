import ms from 'ms';
import { moment as momentField } from '../../shared/contract/fields/times';
import { checked } from './checked';

/** A moment for people: `2026-12-24 08:00 UTC`. */
export const moment = (time: string | Date): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** How far away a moment is: `in 30 days`, `2 hours ago`. */
export function distance(time: string | Date, now: Date): string {
  const away = new Date(time).getTime() - now.getTime();
  const words = ms(Math.abs(away), { long: true });
  return away >= 0 ? `in ${words}` : `${words} ago`;
}

/** A time as the API takes it. A day alone begins at midnight, UTC. */
export function timeOf(name: string, text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text;
  checked(name, momentField, time);
  return time;
}
