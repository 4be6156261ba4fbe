import { AsyncLocalStorage } from 'node:async_hooks';
import crypto, { createHash } from 'node:crypto';

interface Stream {
  name: string;
  drawn: number;
}

const own = new AsyncLocalStorage<Stream>();

/** Draws its ids and passwords from a stream of its own, so that they are the same whenever the same actor does the same. */
export const withRandomnessOf = <T>(name: string, act: () => T): T => own.run({ name, drawn: 0 }, act);

/** Makes the randomness of every actor repeatable, until it is put back. */
export function fixRandomness(): { restore(): void } {
  const { randomBytes, randomInt } = crypto;
  Object.assign(crypto, { randomBytes: bytes, randomInt: integer });
  return { restore: () => void Object.assign(crypto, { randomBytes, randomInt }) };

  function bytes(size: number): Buffer {
    const stream = own.getStore();
    if (!stream) return randomBytes(size);
    return createHash('sha256')
      .update(`${stream.name} ${stream.drawn++}`)
      .digest()
      .subarray(0, size);
  }
  function integer(low: number, high?: number): number {
    const [least, end] = high === undefined ? [0, low] : [low, high];
    return least + (bytes(6).readUIntBE(0, 6) % (end - least));
  }
}
