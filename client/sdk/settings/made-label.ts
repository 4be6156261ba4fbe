import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';

const signs = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A label for a home: the short name of its machine, so that people know it again, and four random signs, as names are not unique. */
export function madeLabel(machine: string = hostname()): string {
  const [short = ''] = machine.toLowerCase().split('.');
  const name = short
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 27)
    .replace(/-+$/, '');
  const random = Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join('');
  return `${name || 'home'}-${random}`;
}
