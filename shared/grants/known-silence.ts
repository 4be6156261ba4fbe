import { HostRefused, HostUnreachable } from '../contract/errors';
import { claimTry, noteNoAnswer, noteReturn, type Reach, readReach } from '../store/reach';
import type { Table } from '../store/table';

/** What requests know of whether a host answers, and what they find out. */
export interface KnownSilence {
  /** Reads what is known, beside the other reads of a request. */
  read(): Promise<void>;
  /** Whether nobody need ask it now: it did not answer a moment ago, and another request tries it again. */
  isSilent(now: number): Promise<boolean>;
  /** Keeps for the next ones what a fault at this host says of it; a fault of another kind says nothing. */
  learn(fault: unknown, now: number): Promise<void>;
  /** The host did what it was asked. */
  learnAnswer(): Promise<void>;
}

/**
 * A host that does not answer could hold every function for seconds each, until nobody else is served. So the first to find out notes
 * it; for a few seconds the next ones are told at once, then one of them tries again.
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
      // Who had no time to ask, or to wait for the answer, knows nothing of the host.
      if (learnt || !(fault instanceof HostUnreachable) || fault.why === 'time_up') return;
      // A host that has no primary, say, answers.
      if (!silences.includes(fault.why)) return answers();
      // What was known before is nothing new; and of many that fail together one alone notes it.
      if ((await silent) || learnt) return;
      learnt = true;
      silent = Promise.resolve(true);
      await noteNoAnswer(table, host, { before: await reach(), now });
    },
    learnAnswer: answers,
  };
}

const silences: readonly HostUnreachable['why'][] = ['silent', 'not_found'];
