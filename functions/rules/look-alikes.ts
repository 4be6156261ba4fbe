import { distance } from 'fastest-levenshtein';

/** How many names people read through. */
const most = 3;

/** The names that somebody may have meant, the likeliest first: a few letters differ, or one is the beginning of the other. */
export function lookAlikes(name: string, among: readonly string[]): string[] {
  // All hosts of a lab may share a domain, so that alone makes no two of them alike.
  const [own = ''] = name.split('.');
  const farthest = Math.min(3, own.length / 3);
  return among
    .filter((other) => other !== name)
    .map((other) => ({ other, far: other.startsWith(name) || name.startsWith(other) ? 0 : distance(name, other) }))
    .filter(({ far }) => far <= farthest)
    .toSorted((a, b) => a.far - b.far || (a.other < b.other ? -1 : 1))
    .slice(0, most)
    .map(({ other }) => other);
}
