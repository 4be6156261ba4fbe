import { type ActName, actor } from './acts';
import {
  changeUsers,
  dropUsers,
  endGrants,
  foreignUser,
  forgetGrants,
  type Mishap,
  markLost,
  userOfAnotherStack,
} from './mishaps';
import { type Fault, play } from './play';
import { copyOf, edgesOf, type Login, loginIn, newWorld, type World } from './world';

/** How things stand when the actors begin. */
export interface Start {
  world: World;
  /** Logins that were handed out, the last one last. */
  handedOut: Login[];
}

export type StartName = keyof typeof stories | keyof typeof mishaps;

/** A request, seconds that pass, or something else that happens. */
type Step = ActName | number | Fault<ActName> | Mishap;

/** What happened before: requests, seconds that passed, and requests that were cut off. */
const stories = {
  nothing: [],
  'in force': ['grant', 120],
  'just changed': ['grant', 120, 'renew'],
  ended: ['grant', 'revoke', 120],
  'just changed, then ended': ['grant', 120, 'renew', 'revoke'],
  expired: ['grant', 3600],
  'cut off before the user': [{ actor: 'grant', at: 'users.create', kind: 'before' }, 60],
  'cut off after the user': [{ actor: 'grant', at: 'users.create', kind: 'after' }, 60],
  'cut off while ending': ['grant', 120, { actor: 'revoke', at: 'users.lock', kind: 'after' }, 60],
  'a foreign user has the name': [foreignUser],
} satisfies Record<string, readonly Step[]>;

/** How host and table come apart, which only a reconciliation sets right. */
const mishaps = {
  'a user of another stack has the name': [userOfAnotherStack],
  'a user that is gone': ['grant', 120, dropUsers],
  'a user that is gone, and marked as lost': ['grant', 120, dropUsers, markLost],
  'a user that is back, and marked as lost': ['grant', 120, markLost],
  'a user that was changed': ['grant', 120, changeUsers],
  'a user of an ended grant': ['grant', 120, endGrants],
  'a user of no grant': ['grant', 120, forgetGrants],
} satisfies Record<string, readonly Step[]>;

const namesOf = <Stories extends object>(of: Stories) =>
  Object.keys(of).filter((name): name is Extract<keyof Stories, string> => name in of);
export const startNames = namesOf(stories);
export const mishapNames = namesOf(mishaps);

export async function startOf(name: StartName): Promise<Start> {
  const start: Start = { world: await newWorld(), handedOut: [] };
  const steps: readonly Step[] = { ...stories, ...mishaps }[name];
  for (const [index, step] of steps.entries()) await take(start, step, `before ${index}`);
  return start;
}

async function take({ world, handedOut }: Start, step: Step, era: string): Promise<void> {
  if (typeof step === 'function') step(world);
  else if (typeof step === 'number') world.now += step;
  else {
    const fault = typeof step === 'object' ? step : undefined;
    const name = typeof step === 'object' ? step.actor : step;
    const { ends } = await play(edgesOf(world), [actor(name, world.now)], ([first]) => first, { fault, era });
    const login = loginIn(ends.get(name)?.answer);
    if (login) handedOut.push(login);
  }
}

/** The same start once more, whose world goes its own way. */
export const again = ({ world, handedOut }: Start): Start => ({ world: copyOf(world), handedOut: [...handedOut] });
