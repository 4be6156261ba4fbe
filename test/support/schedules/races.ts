import type { Point } from './play';
import { conflict } from './touch';

/** Two calls of which either could have come first, and it matters which did. */
export interface Race {
  /** Where the first of them took effect. */
  at: number;
  /** The calls, by their ids, of which one has to come there for the second one to come first. */
  firsts: number[];
}

/** Whether a call was made only after the one at this place had taken effect. Nobody waits for a late command. */
const madeAfter = (index: number, earlier: Point, later: Point): boolean =>
  earlier.actor === later.actor.split(', late')[0] && later.since > index;

/** Of each call the places of those that had to come before it. */
function causesIn(steps: readonly Point[], race: (first: number, second: number) => void): Set<number>[] {
  const causes: Set<number>[] = [];
  for (const [second, later] of steps.entries()) {
    const before = new Set<number>();
    for (let first = second - 1; first >= 0; first--) {
      const earlier = steps[first];
      if (!earlier || before.has(first)) continue;
      const ordered = madeAfter(first, earlier, later);
      if (!ordered && !dependent(earlier, later)) continue;
      if (!ordered) race(first, second);
      before.add(first);
      for (const cause of causes[first] ?? []) before.add(cause);
    }
    causes.push(before);
  }
  return causes;
}

export const dependent = (a: Point, b: Point): boolean => conflict(a.touch, b.touch);

/** All races of an order that has been played. */
export function racesIn(steps: readonly Point[]): Race[] {
  const pairs: [number, number][] = [];
  const causes = causesIn(steps, (first, second) => pairs.push([first, second]));
  return pairs.map(([first, second]) => {
    const others = steps.flatMap((_, at) =>
      at === second || (at > first && at < second && !causes[at]?.has(first)) ? [at] : [],
    );
    const firsts = others.filter((at) => !others.some((other) => causes[at]?.has(other)));
    return { at: first, firsts: firsts.flatMap((at) => steps[at]?.id ?? []) };
  });
}

/** One text for all orders that differ only in calls that have nothing to do with each other. */
export function orderOf(steps: readonly Point[]): string {
  const causes = causesIn(steps, () => {});
  const left = new Map(steps.map(({ actor, nth }, at) => [at, `${actor} ${nth}`]));
  const written: string[] = [];
  while (left.size > 0) {
    const open = [...left].filter(([at]) => ![...(causes[at] ?? [])].some((cause) => left.has(cause)));
    const [at, label] = open.reduce((least, other) => (other[1] < least[1] ? other : least));
    left.delete(at);
    written.push(label);
  }
  return written.join(', ');
}
