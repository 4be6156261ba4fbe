import { AsyncLocalStorage } from 'node:async_hooks';
import crypto, { createHash } from 'node:crypto';
import { randomBy } from './chance';

/** Numbers from 0 to 1. */
const own = new AsyncLocalStorage<() => number>();

/** Draws its ids and passwords from a stream of its own, so that they are the same whenever the same actor does the same. */
export const withRandomnessOf = <T>(name: string, act: () => T): T =>
  own.run(randomBy(createHash('sha256').update(name).digest().readUInt32BE(0)), act);

/** Makes the randomness of every actor repeatable, until it is put back. */
export function fixRandomness(): { restore(): void } {
  const { randomBytes, randomInt } = crypto;
  Object.assign(crypto, { randomBytes: bytes, randomInt: integer });
  return { restore: () => void Object.assign(crypto, { randomBytes, randomInt }) };

  function bytes(size: number): Buffer {
    const random = own.getStore();
    if (!random) return randomBytes(size);
    return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
  }
  function integer(low: number, high?: number): number {
    const [least, end] = high === undefined ? [0, low] : [low, high];
    const random = own.getStore();
    return random ? least + Math.floor(random() * (end - least)) : randomInt(least, end);
  }
}
