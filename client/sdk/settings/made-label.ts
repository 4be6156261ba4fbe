import { hostname } from 'node:os';
import { randomSigns } from '../random-signs';

/** A label for a home: the short name of its machine, so that people know it again, and four random signs, as names are not unique. */
export function madeLabel(machine: string = hostname()): string {
  const [short = ''] = machine.toLowerCase().split('.');
  const name = short
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 27)
    .replace(/-+$/, '');
  return `${name || 'home'}-${randomSigns(4)}`;
}
