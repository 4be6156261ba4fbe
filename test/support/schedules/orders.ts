import type { Choose, Point } from './play';
import { dependent, type Race, racesIn } from './races';

/** A moment of a play, before one of the calls took effect. */
interface Node {
  points: readonly Point[];
  /** Calls with which no order need begin from here: another one that comes to the same has begun with them. */
  asleep: ReadonlySet<number>;
  /** Calls with which an order has begun here, or is to begin. */
  wanted: Set<number>;
  begun: Set<number>;
  chosen: Point;
}

/**
 * Plays every order of the calls, but of those that differ only in calls that have nothing to do with each other only one (dynamic
 * partial order reduction with source sets and sleep sets: Abdulla, Aronis, Jonsson, Sagonas, 2014). Each play starts anew, repeats
 * the choices of the one before up to some call, and lets another call come first there, that raced with it. Answers the number of
 * orders.
 */
export async function everyOrder(
  playOnce: (choose: Choose) => Promise<{ steps: readonly Point[]; left: boolean }>,
  most = Number.POSITIVE_INFINITY,
): Promise<number> {
  const path: Node[] = [];
  let orders = 0;
  do {
    let depth = 0;
    const { steps, left } = await playOnce((points) => {
      const node = path[depth] ?? nodeAfter(path[depth - 1], points);
      if (!node) return undefined;
      path[depth++] = node;
      const chosen = points.find(({ id }) => id === node.chosen.id);
      if (chosen?.call !== node.chosen.call) throw new Error('The same choices led elsewhere');
      return chosen;
    });
    if (!left) orders += 1;
    for (const race of racesIn(steps)) want(path[race.at], race);
  } while (orders < most && turn(path));
  return orders;
}

/** None where all that could come was played before, in another order. */
function nodeAfter(before: Node | undefined, points: readonly Point[]): Node | undefined {
  const passed = before?.points.filter(({ id }) => before.asleep.has(id) || before.begun.has(id)) ?? [];
  const asleep = new Set(passed.filter((point) => before && !dependent(point, before.chosen)).map(({ id }) => id));
  const chosen = points.find(({ id }) => !asleep.has(id));
  return chosen && { points: [...points], asleep, wanted: new Set([chosen.id]), begun: new Set(), chosen };
}

/** One of the calls with which the race can be turned round is to come first. */
function want(node: Node | undefined, { firsts }: Race): void {
  if (!node || firsts.some((id) => node.wanted.has(id) || node.asleep.has(id))) return;
  const [first] = firsts;
  if (first !== undefined) node.wanted.add(first);
}

/** To the last place where another call is to come first; false where there is none left. */
function turn(path: Node[]): boolean {
  for (let node = path.pop(); node; node = path.pop()) {
    const { points, asleep, wanted } = node;
    const begun = new Set(node.begun).add(node.chosen.id);
    const chosen = points.find(({ id }) => wanted.has(id) && !asleep.has(id) && !begun.has(id));
    if (!chosen) continue;
    path.push({ ...node, begun, chosen });
    return true;
  }
  return false;
}
