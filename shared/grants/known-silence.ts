import { HostRefused, HostUnreachable } from '../contract/errors';
import { claimTry, noteNoAnswer, noteReturn, type Reach, readReach } from '../store/reach';
import type { Table } from '../store/table';

/** What requests know, and learn, about whether a host answers. */
export interface KnownSilence {
  /** Reads what is known, at the same time as the other reads of a request. */
  read(): Promise<void>;
  /** Whether to skip the host now: it did not answer a moment ago, and another request tries it again. */
  isSilent(now: number): Promise<boolean>;
  /** Notes what a fault says about this host, for later requests. Faults of other kinds say nothing. */
  learn(fault: unknown, now: number): Promise<void>;
  /** Notes that the host did what it was asked. */
  learnAnswer(): Promise<void>;
}

/**
 * A silent host could hold every function for seconds, until nobody is served. So the first request to notice notes it; for a few seconds
 * later ones fail at once, then one of them tries again.
 */
export function knownSilence(table: Table, host: string): KnownSilence {
  let known: Promise<Reach | undefined> | undefined;
  let silent: Promise<boolean> | undefined;
  let learnt = false;
  const reach = () => {
    known ??= readReach(table, host);
    return known;
  };
  const find = async (now: number) => {
    const found = await reach();
    return found?.silentUntil !== undefined && !(await claimTry(table, host, { ...found, now }));
  };
  const answers = async () => {
    const found = await reach();
    if (learnt || !found || (found.silentUntil === undefined && found.retryAt === 0)) return;
    learnt = true;
    await noteReturn(table, host);
  };
  return {
    read: async () => void (await reach()),
    isSilent(now) {
      silent ??= find(now);
      return silent;
    },
    async learn(fault, now) {
      if (fault instanceof HostRefused) return answers();
      // A request without time to ask or to wait learns nothing about the host.
      if (learnt || !(fault instanceof HostUnreachable) || fault.why === 'time_up') return;
      // The host answers, even if it has, say, no primary.
      if (!silences.includes(fault.why)) return answers();
      // A known silence is nothing new. If many fail at once, only one notes it.
      if ((await silent) || learnt) return;
      learnt = true;
      silent = Promise.resolve(true);
      await noteNoAnswer(table, host, { before: await reach(), now });
    },
    learnAnswer: answers,
  };
}

const silences: readonly HostUnreachable['why'][] = ['silent', 'not_found'];
