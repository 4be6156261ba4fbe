import { createHash } from 'node:crypto';
import type { ActName } from './acts';
import { byChance, randomBy } from './chance';
import { everyOrder } from './orders';
import { type Choose, type Fault, isCommand, type Point } from './play';
import { orderOf } from './races';
import { type Plan, type Ran, run } from './run';
import { type Start, type StartName, startOf } from './starts';
import { isRead } from './touch';

/** Actors who begin at the same time, and how things stand then. */
export interface Scene {
  actors: readonly ActName[];
  from: StartName;
  through?: Plan['through'];
  fault?: Fault;
}

/** What was tried, and what was wrong. */
export interface Tally {
  /** Orders of the calls that do not come to the same. */
  orders: number;
  /** The same, of those in which something went wrong. */
  ordersWithFaults: number;
  /** Calls before or after which a process ended, or whose effect outlived it. */
  crashes: number;
  /** Commands whose answer got lost, and which took effect late or never. */
  late: number;
  /** Orders in which a grant began after a revocation beside it had looked, and lived on. */
  unseen: number;
  /** Orders in which a request that was cut off replaced a password that somebody had been given. */
  overwritten: number;
  /** Each fault with the shortest order that brings it about. */
  wrong: Map<string, string>;
}

export const newTally = (): Tally => ({
  orders: 0,
  ordersWithFaults: 0,
  crashes: 0,
  late: 0,
  unseen: 0,
  overwritten: 0,
  wrong: new Map(),
});

/** The calls of each actor, and what can go wrong at them. */
type Calls = Map<string, { actor: string; nth: number; kinds: Set<Fault['kind']> }>;

/** All orders of a scene, or so many of them; the calls that were made. */
export async function inEveryOrder(tally: Tally, scene: Scene, most?: number): Promise<Calls> {
  const start = await startOf(scene.from);
  const calls: Calls = new Map();
  const orders = await everyOrder(async (choose) => {
    const { played } = note(tally, scene, await run({ ...scene, start, choose }), scene.fault);
    for (const point of played.steps) {
      const { actor, nth } = point;
      const before = calls.get(`${actor} ${nth}`)?.kinds ?? [];
      calls.set(`${actor} ${nth}`, { actor, nth, kinds: new Set([...before, ...kindsOf(point)]) });
    }
    return played;
  }, most);
  tally[scene.fault ? 'ordersWithFaults' : 'orders'] += orders;
  return calls;
}

/** So many orders of a scene by chance. */
export async function byChanceOnly(tally: Tally, scene: Scene, times: number): Promise<void> {
  const start = await startOf(scene.from);
  const orders = new Set<string>();
  for (let seed = 0; seed < times; seed++) {
    const { played } = note(tally, scene, await run({ ...scene, start, choose: byChance(randomBy(seed)) }));
    orders.add(orderOf(played.steps));
  }
  tally.orders += orders.size;
}

/** Each call goes wrong in each way, in so many orders by chance. */
export async function withFaults(tally: Tally, scene: Scene, calls: Calls, times: number): Promise<void> {
  const start = await startOf(scene.from);
  for (const { actor, nth, kinds } of calls.values()) {
    for (const kind of kinds) {
      const hit = await withFault(tally, scene, start, { actor, at: nth, kind }, times);
      if (hit && kind === 'late') tally.late += 1;
      else if (hit) tally.crashes += 1;
    }
  }
}

/** Whether a process ends before or after a read comes to the same. */
function kindsOf({ call, touch }: Point): Fault['kind'][] {
  if (isRead(call)) return ['before'];
  return isCommand(touch) ? ['before', 'after', 'late', 'in flight'] : ['before', 'after'];
}

async function withFault(tally: Tally, scene: Scene, start: Start, fault: Fault, times: number): Promise<boolean> {
  const orders = new Set<string>();
  for (let seed = 0; seed < times; seed++) {
    const random = randomBy(seedOf(scene.from, fault, seed));
    const lateAfter = lateBy(random);
    const choose: Choose = byChance(random);
    const { played } = note(tally, scene, await run({ ...scene, start, choose, fault, lateAfter }), fault);
    if (played.hit) orders.add(orderOf(played.steps));
  }
  tally.ordersWithFaults += orders.size;
  return orders.size > 0;
}

/** Another one for every fault, so that not all of them meet the same order. */
const seedOf = (from: string, { actor, at, kind }: Fault, time: number): number =>
  createHash('sha256').update([from, actor, at, kind, time].join()).digest().readUInt32BE(0);

/** Some late commands never arrive, some in the last moment, some at once, the others between two calls of the reaper. */
function lateBy(random: () => number): number {
  const kind = Math.floor(random() * 6);
  return [Number.POSITIVE_INFINITY, 1000, 0][kind] ?? Math.floor(random() * 60);
}

function note(tally: Tally, { actors, from }: Scene, ran: Ran, fault?: Fault): Ran {
  if (ran.notes.unseen) tally.unseen += 1;
  if (ran.notes.overwritten) tally.overwritten += 1;
  const { steps, ends } = ran.played;
  for (const one of ran.wrong) {
    const shortest = tally.wrong.get(one);
    const text = [
      `${actors.join(' x ')}, from: ${from}${fault ? `, ${fault.actor}: ${fault.kind} its call ${fault.at}` : ''}`,
      ...steps.filter(({ touch }) => touch.of !== 'nothing').map(line),
      ...[...ends].map(([name, { answer, thrown }]) => `${name}: ${JSON.stringify(answer ?? String(thrown))}`),
    ].join('\n  ');
    if (!shortest || text.length < shortest.length) tally.wrong.set(one, text);
  }
  return ran;
}

const line = ({ actor, nth, call, touch }: Point): string =>
  `${actor} ${nth}: ${call} ${'id' in touch ? touch.id : 'pk' in touch ? touch.pk : 'label' in touch ? touch.label : ''}`;
