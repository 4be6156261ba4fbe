import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { Db } from 'mongodb';

export type Backend = 'dynamodb' | 'secretsManager' | 'ses' | 'mongodb';

/** One call of a client, with all that is needed to send the same again. */
export interface RecordedCall {
  backend: Backend;
  /** Such as `GetItemCommand`, or a MongoDB command's first field. */
  name: string;
  /** What it sent: an AWS command's input, or a MongoDB command. */
  sent: unknown;
  /** Makes the call ready and returns what sends it. */
  prepare(): () => Promise<unknown>;
  /** Milliseconds as `performance.now()` has them. */
  start: number;
  end: number;
  answer?: unknown;
  /** The name of the error that it ended with. */
  fault?: string;
}

type Send = (this: object, command: object, ...rest: unknown[]) => Promise<unknown>;

const clients: [Backend, { prototype: object }][] = [
  ['dynamodb', DynamoDBClient],
  ['secretsManager', SecretsManagerClient],
  ['ses', SESClient],
];

let taken: RecordedCall[] | undefined;

/** Puts an ear at the official clients of this process. It costs nothing while nobody records. */
export function listenToClients(): void {
  for (const [backend, { prototype }] of clients) {
    const send: Send = Object(prototype).send;
    Object.assign(prototype, {
      send(this: object, command: { constructor: new (input: unknown) => object; input: unknown }, ...rest: unknown[]) {
        const { constructor: Command, input } = command;
        // Without the caller's limit of time, which is over by then.
        const prepare = () => () => send.call(this, new Command(input));
        return note({ backend, name: Command.name, sent: input, prepare }, () => send.call(this, command, ...rest));
      },
    });
  }
  const run = Db.prototype.command;
  Object.assign(Db.prototype, {
    command(this: Db, command: Record<string, unknown>, options: { timeoutMS?: number } = {}) {
      const [name = ''] = Object.keys(command);
      const { timeoutMS } = options;
      const again = { ...command };
      const prepare = () => {
        const sent = { ...again };
        return () => run.call(this, sent, { timeoutMS });
      };
      return note({ backend: 'mongodb', name, sent: again, prepare }, () => run.call(this, command, options));
    },
  });
}

function note(
  facts: Pick<RecordedCall, 'backend' | 'name' | 'sent' | 'prepare'>,
  send: () => Promise<unknown>,
): Promise<unknown> {
  const into = taken;
  if (!into) return send();
  const call: RecordedCall = { ...facts, start: performance.now(), end: 0 };
  into.push(call);
  return send().then(
    (answer) => {
      call.end = performance.now();
      call.answer = answer;
      return answer;
    },
    (fault: unknown) => {
      call.end = performance.now();
      call.fault = fault instanceof Error ? fault.name : String(fault);
      throw fault;
    },
  );
}

/** The calls that are made while `act` runs, in the order in which they began, and how many milliseconds it took. */
export async function record(act: () => Promise<unknown>): Promise<{ calls: RecordedCall[]; took: number }> {
  const calls: RecordedCall[] = [];
  const began = performance.now();
  taken = calls;
  try {
    await act();
    return { calls, took: performance.now() - began };
  } finally {
    taken = undefined;
  }
}

/** Milliseconds in which at least one of the calls was under way. */
export function timeWithCalls(calls: readonly RecordedCall[]): number {
  let [sum, until] = [0, 0];
  for (const { start, end } of calls) {
    sum += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return sum;
}

/** The longest chain of calls of which each began after the one before had ended. */
export function tripsOf(calls: readonly RecordedCall[]): number {
  const depths: number[] = [];
  for (const { start } of calls)
    depths.push(
      1 + Math.max(0, ...calls.slice(0, depths.length).map(({ end }, n) => (end <= start ? (depths[n] ?? 0) : 0))),
    );
  return Math.max(0, ...depths);
}
