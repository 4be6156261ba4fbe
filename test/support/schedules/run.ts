import { lease } from '../../../shared/store/lease';
import { reroute } from '../outside';
import { type ActName, actor } from './acts';
import {
  type Course,
  isOverwritten,
  liveBesideRevoke,
  noteSeen,
  wrongAfter,
  wrongBefore,
  wrongByRules,
  wrongInTheEnd,
  wrongNow,
} from './oracle';
import { type Choose, type Fault, type Played, play } from './play';
import { withRandomnessOf } from './randomness';
import { runRotation, wrongAfterRotation } from './rotation';
import { again, type Start } from './starts';
import { isRead } from './touch';
import { type Edges, edgesOf, runReaper, runReconcile, type World } from './world';

export interface Plan {
  start: Start;
  actors: readonly ActName[];
  choose: Choose;
  fault?: Fault | undefined;
  /** After how many calls of the reaper a late command takes effect; never where it is infinite, else within a minute. */
  lateAfter?: number;
  /** Something else in front of the outside. */
  through?(edges: Edges): Edges;
}

export interface Ran {
  played: Played;
  wrong: string[];
  notes: Notes;
}

/** What no invariant forbids, but is worth counting. */
export interface Notes {
  /** A grant was made beside a revocation after that had looked, and lives on. */
  unseen: boolean;
  /** A password that was handed out does not work any more, as a request that was cut off set another one after it. */
  overwritten: boolean;
}

/** The actors in this order, then the reaper for hours; and what was wrong then, or on the way. */
export async function run({ start, actors, choose, fault, lateAfter = 0, through }: Plan): Promise<Ran> {
  const { world } = again(start);
  const wrong = new Set<string>();
  const note = (faults: string[]) => {
    for (const one of faults) wrong.add(one);
  };
  const seen: Course['seen'] = new Map();
  const edges = edgesOf(world);
  const onStep = ({ steps }: Played) => {
    const last = steps.at(-1);
    if (last && !isRead(last.call)) note(wrongNow(world, start));
    if (last) noteSeen(seen, world, last);
  };
  const all = actors.map((name) => actor(name, world.now));
  const played = await play(edges, all, choose, { fault, onStep, ...(through && { through }) });
  if (played.left) return { played, wrong: [], notes: { unseen: false, overwritten: false } };
  if (actors.some((name) => name === 'reap +59')) world.now += 59;
  const course = { start, played, fault, seen };
  const notes = await withRandomnessOf('settle', () => settle(world, edges, course, lateAfter, note));
  return { played, wrong: [...wrong], notes };
}

const tookPart = ({ steps }: Played, who: string): boolean => steps.some(({ actor }) => actor.startsWith(who));

/**
 * The reaper passes each minute and more, with late commands between its calls, and a reconciliation or a rotation where one took part; the checks
 * where they are due.
 */
async function settle(
  world: World,
  edges: Edges,
  course: Course,
  lateAfter: number,
  note: (faults: string[]) => void,
): Promise<Notes> {
  const { start, played, fault } = course;
  const begin = world.now;
  const sentAt = start.world.now;
  const late = Number.isFinite(lateAfter) ? [...played.late] : [];
  let calls = 0;
  const watched = reroute(edges, async (call, _values, carryOut) => {
    if (calls++ >= lateAfter) arrive();
    const result = await carryOut();
    if (!isRead(call)) note(wrongNow(world, start));
    return result;
  });
  const arrive = () => {
    for (const command of late.splice(0)) void command();
  };
  const pass = async (after: number) => {
    world.now = begin + after;
    if (world.now >= sentAt + lease) arrive();
    note(wrongNow(world, start));
    const { faults } = await runReaper(watched, world.now);
    if (faults > 0) note([`the reaper failed ${faults} times`]);
  };
  for (const after of late.length > 0 ? [0, 30, 59, 60] : [0, 60]) await pass(after);
  if (!fault) note(wrongByRules(world));
  for (const after of [120, 240]) await pass(after);
  note(wrongBefore(world, course));
  if (tookPart(played, 'reconcile')) await runReconcile(edges, world.now);
  if (tookPart(played, 'rotate')) {
    await runRotation(watched);
    note(wrongAfterRotation(world));
  }
  await pass(480);
  note([...wrongByRules(world), ...wrongAfter(world, course)]);
  const notes = { unseen: liveBesideRevoke(world, course), overwritten: isOverwritten(world, course) };
  for (const after of [7200, 7300]) await pass(after);
  note(wrongInTheEnd(world));
  return notes;
}
