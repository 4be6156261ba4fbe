import type { Choose } from './play';

/** Chooses by chance, the same way for the same seed: sometimes anybody, sometimes mostly the actor who went on last. */
export function byChance(random: () => number): Choose {
  const loyalty = [0, 0.5, 0.85][Math.floor(random() * 3)] ?? 0;
  let last = '';
  return (points) => {
    const same = points.filter(({ actor }) => actor === last);
    const from = same.length > 0 && random() < loyalty ? same : points;
    const point = from[Math.floor(random() * from.length)];
    last = point?.actor ?? '';
    return point;
  };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
