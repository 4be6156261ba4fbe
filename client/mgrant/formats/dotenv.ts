import { Refused } from '../refused';
import { variablesOf } from './env';
import type { Login } from './login';

/**
 * An env file that docker, node and python-dotenv read alike. docker takes a value as it stands, quotes included, so there are none; and
 * what the others would take for a quote, a comment or a variable is refused.
 */
export const dotenv = (login: Login): string => Object.entries(variablesOf(login)).map(lineOf).join('');

/** A comment, a variable, the end of a line; a blank that is not the usual one, or at an end; a quote in front. */
const readInManyWays = /[#$\p{Cc}]|[^\S ]|^[ '"`]| $|^$/u;

export function lineOf([name, value]: [string, string]): string {
  if (readInManyWays.test(value))
    throw new Refused(
      'format_unfit',
      `${name} has a sign that docker, node and python-dotenv read in different ways. Take --format env for a shell, or --format json.`,
    );
  return `${name}=${value}\n`;
}
