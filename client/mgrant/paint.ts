import colors from 'picocolors';
import type { Io } from './io';

export type Paint = ReturnType<typeof colors.createColors>;

/** Colours for a stream: on a terminal only, and as NO_COLOR and FORCE_COLOR say. */
export function paintFor({ env, isTerminal }: Pick<Io, 'env' | 'isTerminal'>, stream: 'out' | 'err'): Paint {
  return colors.createColors(wantsColor(env, isTerminal(stream)));
}

function wantsColor(env: Io['env'], terminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return terminal && env.TERM !== 'dumb';
}
