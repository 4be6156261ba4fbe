import { chainOf } from '../sdk/api/faults';
import { plain } from './plain';

/** What a failure came from, a line each: the words and the system's code of every cause. */
export const causesOf = (error: Error): string =>
  chainOf(error.cause)
    .map(({ name, message, code }) => `${name}: ${message}${code && !message.includes(code) ? ` (${code})` : ''}`)
    .map((words) => `caused by ${plain(withoutLogins(words))}\n`)
    .join('');

/** Causes have no secrets where this program knows of them. What looks like one all the same is not shown. */
const withoutLogins = (text: string): string =>
  text.replace(/\/\/[^/\s@]+@/g, '//***@').replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***');
