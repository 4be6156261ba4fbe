import { setTimeout as wait } from 'node:timers/promises';
import { SecretUnusable } from '../contract/errors';

/** Milliseconds for which a function uses what it read without asking again. */
export const keptFor = 300_000;
/**
 * Milliseconds for which keys serve if they can't be read again: longer than most faults of Secrets Manager, too short for a withdrawn key.
 * A host's login serves only {@link keptFor}: whoever removes a host waits until nobody uses an old one.
 */
export const keysServeFor = 900_000;
/** Between two reads that strangers can cause. */
export const leastAge = 10_000;
/** Every value is older than this. */
export const always = -1;
/** How long a request waits for a new value if it has an old one. */
const patience = 2000;

/** A value that was read. Its times are when the request was sent. */
interface Kept {
  text: string;
  readAt: number;
  askedAt: number;
}

/** The texts of secrets, each kept in memory for a while. `fetchText` returns nothing if there is no secret. */
export function keptTexts(fetchText: (id: string) => Promise<string | undefined>, clock: () => number) {
  const kept = new Map<string, Kept>();
  const underWay = new Map<string, Promise<string | undefined>>();
  const age = (at: number): number => clock() - at;

  /** Forgets a secret that is gone, and keeps one that can't be read. */
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

  /** If many callers ask at once, only one request is sent. */
  function look(id: string): Promise<string | undefined> {
    const reading = underWay.get(id) ?? fetchAndKeep(id);
    underWay.set(id, reading);
    return reading;
  }

  /** The text of a secret that is at most `oldest` old, or a new read. If that fails, a text that is at most `servesFor` old. */
  async function textOf(id: string, oldest: number, servesFor: number): Promise<string | undefined> {
    const known = kept.get(id);
    if (!known || age(known.readAt) > servesFor) return look(id);
    if (age(known.readAt) <= oldest) return known.text;
    // Strangers can make the service look for keys as often as they like.
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
