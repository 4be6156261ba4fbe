import { setTimeout as wait } from 'node:timers/promises';
import { SecretUnusable } from '../contract/errors';

/** Milliseconds for which a function goes on with what it has read, and does not ask. */
export const keptFor = 300_000;
/**
 * And with keys that can't be read again: long enough for most faults of Secrets Manager, short enough for a key that was withdrawn. A
 * host's login serves no longer than {@link keptFor}: whoever removes a host waits until nobody uses an old one.
 */
export const keysServeFor = 900_000;
/** Between two looks that somebody else can bring about. */
export const leastAge = 10_000;
/** Older than this is whatever was read. */
export const always = -1;
/** How long a request waits for a newer value where a kept one serves. */
const patience = 2000;

/** A value as it was read. Times are those at which the asking began. */
interface Kept {
  text: string;
  readAt: number;
  askedAt: number;
}

/** The texts of secrets, each kept in memory for a while. `fetchText` answers nothing for a secret that is not there. */
export function keptTexts(fetchText: (id: string) => Promise<string | undefined>, clock: () => number) {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<string | undefined>>();
  const age = (at: number): number => clock() - at;

  /** What is not there is forgotten; what can't be read stays as it was. */
  async function fetchAndKeep(id: string): Promise<string | undefined> {
    const at = clock();
    const known = kept.get(id);
    if (known) kept.set(id, { ...known, askedAt: at });
    try {
      const text = await fetchText(id);
      if (text === undefined) kept.delete(id);
      else kept.set(id, { text, readAt: at, askedAt: at });
      return text;
    } catch (cause) {
      throw new SecretUnusable(`The secret ${id} can't be read`, undefined, { cause });
    } finally {
      underWay.delete(id);
    }
  }

  /** Of many who ask at once one alone reads. */
  function look(id: string): Promise<string | undefined> {
    const reading = underWay.get(id) ?? fetchAndKeep(id);
    underWay.set(id, reading);
    return reading;
  }

  /** The text of a secret: what was read at most `oldest` ago, or what is there now; where that can't be read, what was read at most `servesFor` ago. */
  async function textOf(id: string, oldest: number, servesFor: number): Promise<string | undefined> {
    const known = kept.get(id);
    if (!known || age(known.readAt) > servesFor) return look(id);
    if (age(known.readAt) <= oldest) return known.text;
    // A stranger can make keys be looked for at will.
    if (oldest !== always && age(known.askedAt) <= leastAge && !underWay.has(id)) return known.text;
    const served = () => known.text;
    return Promise.race([look(id).catch(served), wait(patience, undefined, { ref: false }).then(served)]);
  }

  return {
    textOf,
    keep: (id: string, text: string) => kept.set(id, { text, readAt: clock(), askedAt: clock() }),
    forget: (id: string) => kept.delete(id),
  };
}
