import { HostUnreachable } from '../../../shared/contract/errors';
import { reroute } from '../outside';
import { withRandomnessOf } from './randomness';
import { type Touch, touchOf } from './touch';

/** An outside call at which an actor waits until it is let go on. */
export interface Point {
  id: number;
  actor: string;
  /** Counts the calls of the actor. */
  nth: number;
  call: string;
  touch: Touch;
  /** How many calls had taken effect when this one was made. */
  since: number;
}

/**
 * What goes wrong at a call. `before` and `after`: the process ends before, or after it took effect. `late`: the answer to a command to
 * a MongoDB host gets lost, and the command takes effect at any later point, or never. `in flight`: the same, and the process ends.
 */
export interface Fault<Name extends string = string> {
  actor: Name;
  /** The number of the call, or its name. */
  at: number | string;
  kind: 'before' | 'after' | 'late' | 'in flight';
}

export interface Actor<E> {
  name: string;
  act(edges: E): Promise<unknown>;
}

/** Says which call takes effect next; none to leave the rest undone. */
export type Choose = (points: readonly Point[]) => Point | undefined;

export interface Played {
  steps: Point[];
  /** What became of each actor that came to its end: its answer, or what it threw. */
  ends: Map<string, { answer?: unknown; thrown?: unknown }>;
  /** Commands that are still on their way. */
  late: (() => unknown)[];
  /** Whether the call at which something was to go wrong was made. */
  hit: boolean;
  /** Whether it was left before its end. */
  left: boolean;
}

interface Waiting extends Point {
  run(): unknown;
  resolve(value: unknown): void;
  reject(fault: unknown): void;
  late?: true;
}

export interface Options<E> {
  fault?: Fault | undefined;
  /** Is called after each step. */
  onStep?(played: Played): void;
  /** Tells the randomness of the actors from that of others with the same names. */
  era?: string;
  /** Something between the actors and the outside; what it calls waits as if the actor had called it. */
  through?(edges: E): E;
}

/** Lets actors run side by side over the same edges, with exactly one call at a time taking effect. */
export async function play<E extends { [Name in keyof E]: object }>(
  edges: E,
  actors: readonly Actor<E>[],
  choose: Choose,
  { fault, onStep, era = '', through = (own) => own }: Options<E> = {},
): Promise<Played> {
  const played: Played = { steps: [], ends: new Map(), late: [], hit: false, left: false };
  let waiting: Waiting[] = [];
  let ids = 0;
  for (const { name, act } of actors) {
    let calls = 0;
    const own = reroute(edges, (call, values, run) => {
      const touch = touchOf(call, values);
      const point = { id: ++ids, actor: name, nth: ++calls, call, touch, since: played.steps.length };
      return new Promise((resolve, reject) => waiting.push({ ...point, run, resolve, reject }));
    });
    withRandomnessOf(`${era} ${name}`, () => act(through(own))).then(
      (answer) => played.ends.set(name, { answer }),
      (thrown) => played.ends.set(name, { thrown }),
    );
  }
  await quiet();
  while (waiting.some(({ late }) => !late)) {
    const chosen = choose(waiting);
    const point = waiting.find(({ id }) => id === chosen?.id);
    if (!point) return { ...played, left: true };
    waiting = waiting.filter((other) => other !== point);
    played.steps.push(point);
    if (fault && !played.hit && strikes(fault, point)) fail(point, fault);
    else Promise.resolve(point.run()).then(point.resolve, point.reject);
    await quiet();
    onStep?.(played);
  }
  return { ...played, late: waiting.map(({ run }) => run) };

  function fail(point: Waiting, { actor, kind }: Fault): void {
    played.hit = true;
    if (kind === 'after') void unheard(point);
    if (kind !== 'late') waiting = waiting.filter((other) => other.actor !== actor);
    if (kind === 'late' || kind === 'in flight') waiting.push(lateOne(point, ++ids, played.steps.length));
    if (kind === 'late') point.reject(new HostUnreachable('db.lab.org', true));
  }
}

/** Nobody learns what came of it. */
const unheard = async (point: Waiting): Promise<unknown> => Promise.resolve(point.run()).catch(() => {});

/** The command of this call, whose effect nobody waits for any more. */
const lateOne = (point: Waiting, id: number, since: number): Waiting => ({
  ...point,
  id,
  since,
  actor: `${point.actor}, late`,
  late: true,
  run: () => unheard(point),
  resolve() {},
  reject() {},
});

const strikes = ({ actor, at, kind }: Fault, point: Waiting): boolean =>
  !point.late &&
  actor === point.actor &&
  (at === point.nth || at === point.call) &&
  (kind === 'before' || kind === 'after' || isCommand(point.touch));

/** Whether it changes a MongoDB user, our own one included. */
export const isCommand = (touch: Touch): boolean => (touch.of === 'user' || touch.of === 'login') && touch.writes;

/** Until every actor waits at a call, or is done: the twins answer without waiting for anything outside. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
