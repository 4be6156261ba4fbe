import type { RecordedCall } from './record';

/** A request's calls, ready to be sent bare: each as soon as all those have ended that had ended before it began. */
export type Replay = () => Promise<void>;

/** `calls` are those of one request, in the order in which they began. Rejects if one ends otherwise than before. */
export function prepareReplay(calls: readonly RecordedCall[]): Replay {
  const ready = calls.map((call) => ({
    send: call.prepare(),
    after: calls.flatMap((other, index) => (other.end <= call.start ? [index] : [])),
    wanted: call,
  }));
  return async () => {
    const running: Promise<void>[] = [];
    for (const { send, after, wanted } of ready) {
      const first = after.length === 0 ? undefined : Promise.all(after.map((index) => running[index]));
      running.push(first ? first.then(() => sendAs(wanted, send)) : sendAs(wanted, send));
    }
    await Promise.all(running);
  };
}

const sendAs = ({ name, fault }: RecordedCall, send: () => Promise<unknown>): Promise<void> =>
  send().then(
    () => {
      if (fault !== undefined) throw new Error(`${name} worked when it was sent again, and failed before: ${fault}`);
    },
    (error: unknown) => {
      if (!(error instanceof Error) || error.name !== fault) throw error;
    },
  );
